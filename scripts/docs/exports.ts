import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** What can be exported and documented. */
export type Declaration =
  | ts.FunctionDeclaration
  | ts.InterfaceDeclaration
  | ts.ClassDeclaration
  | ts.TypeAliasDeclaration
  | ts.VariableStatement

/** A module's own declarations by name, exported or not. */
export type Declarations = ReadonlyMap<string, Declaration>

/** Something that a module exports, and its neighbours in the file where it is declared. */
export interface Export {
  readonly name: string
  readonly declaration: Declaration
  readonly neighbours: Declarations
}

/** What a module that only re-exports exports, in its order. Reads the sources alone: nothing is run or checked. */
export function exportsOf(index: URL): Export[] {
  return parse(index).statements.flatMap(statement => {
    if (!ts.isExportDeclaration(statement)) return []
    const { exportClause, moduleSpecifier } = statement
    if (!exportClause || !ts.isNamedExports(exportClause)) throw new Error(`${index}: names its exports`)
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return []
    const neighbours = declarationsIn(new URL(moduleSpecifier.text, index))
    return exportClause.elements.map(({ name: { text: name } }) => {
      const declaration = neighbours.get(name)
      if (!declaration) throw new Error(`${moduleSpecifier.text} does not declare ${name}`)
      return { name, declaration, neighbours }
    })
  })
}

const read = new Map<string, Declarations>()

/** A file's declarations; the same ones each time. */
function declarationsIn(file: URL): Declarations {
  const known = read.get(file.href) ?? readDeclarations(file)
  read.set(file.href, known)
  return known
}

function readDeclarations(file: URL): Declarations {
  const declarations = new Map<string, Declaration>()
  for (const statement of parse(file).statements) {
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations)
        declarations.set(name.getText(), statement)
    else if (isNamed(statement) && statement.name) declarations.set(statement.name.text, statement)
  }
  return declarations
}

function isNamed(node: ts.Node): node is Exclude<Declaration, ts.VariableStatement> {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  )
}

function parse(file: URL): ts.SourceFile {
  return ts.createSourceFile(file.pathname, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
}

/** Names of the types that a declaration tells its reader of, in its order. */
export function typesIn(declaration: ts.Node): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || isPrivate(node)) return
    if (ts.isTypeReferenceNode(node)) names.push(node.typeName.getText())
    if (ts.isExpressionWithTypeArguments(node)) names.push(node.expression.getText())
    node.forEachChild(visit)
  }
  visit(declaration)
  return [...new Set(names)]
}

/** Whether a member of a class is nobody else's business. */
export function isPrivate(node: ts.Node): boolean {
  return ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)
}
