import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { docComment, onOneLine } from './docComment.ts'

/** What a type of events says of one of them. */
export interface DocumentedEvent {
  readonly type: string
  /** Its doc comment, on one line; empty where it has none. */
  readonly meaning: string
}

type Declaration = ts.TypeAliasDeclaration | ts.VariableStatement

/** Doc comments of TypeScript sources, read without running or checking them. */
export class Comments {
  readonly #declarations = new Map<string, Declaration>()

  /** Of all that these files declare; names must differ. */
  constructor(files: readonly URL[]) {
    for (const file of files) {
      const source = ts.createSourceFile(
        file.pathname,
        readFileSync(file, 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      )
      source.forEachChild(node => this.#remember(node))
    }
  }

  /** Doc comment of a constant. */
  of(name: string): string {
    const declaration = this.#find(name)
    return docComment(declaration.getFullText().slice(0, declaration.getLeadingTriviaWidth()))
  }

  /** The events of a union of object types, those of unions in it included. */
  eventsOf(name: string): DocumentedEvent[] {
    const declaration = this.#find(name)
    if (!ts.isTypeAliasDeclaration(declaration) || !ts.isUnionTypeNode(declaration.type))
      throw new Error(`${name} is not a union of events`)
    let before = declaration.name.end
    return declaration.type.types.flatMap(member => {
      const meaning = onOneLine(docComment(member.getSourceFile().text.slice(before, member.getStart())))
      before = member.end
      return ts.isTypeReferenceNode(member)
        ? this.eventsOf(member.typeName.getText())
        : [{ type: typeOf(member), meaning }]
    })
  }

  #remember(node: ts.Node): void {
    if (ts.isTypeAliasDeclaration(node)) this.#declarations.set(node.name.text, node)
    if (!ts.isVariableStatement(node)) return
    for (const { name } of node.declarationList.declarations) this.#declarations.set(name.getText(), node)
  }

  #find(name: string): Declaration {
    const declaration = this.#declarations.get(name)
    if (!declaration) throw new Error(`No declaration of ${name} in the files that were read`)
    return declaration
  }
}

/** The value of its `type` property. */
function typeOf(event: ts.TypeNode): string {
  const members = ts.isTypeLiteralNode(event) ? event.members : []
  const type = members.find(member => member.name?.getText() === 'type')
  const literal = type && ts.isPropertySignature(type) ? type.type : undefined
  if (literal && ts.isLiteralTypeNode(literal) && ts.isStringLiteral(literal.literal))
    return literal.literal.text
  throw new Error(`Not an event with a type: ${event.getText()}`)
}
