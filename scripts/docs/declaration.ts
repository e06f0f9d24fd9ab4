import ts from 'typescript'
import { docComment, onOneLine } from './docComment.ts'
import { type Declaration, isPrivate, typesIn } from './exports.ts'
import { table } from './table.ts'

type Member = ts.TypeElement | ts.ClassElement

/** A declaration as Markdown: its comment, then its signature, its members or its type. Types that have a `heading` on the page are linked. */
export function documentDeclaration(declaration: Declaration, headings: ReadonlySet<string>): string[] {
  return [commentOf(declaration), ...shapeOf(declaration, headings)].filter(Boolean)
}

/** Doc comment of a declaration or of a member; empty where it has none. */
export function commentOf(node: ts.Node): string {
  return docComment(node.getFullText().slice(0, node.getLeadingTriviaWidth()))
}

function shapeOf(declaration: Declaration, headings: ReadonlySet<string>): string[] {
  if (ts.isFunctionDeclaration(declaration)) return [code(withoutBody(declaration))]
  if (ts.isTypeAliasDeclaration(declaration)) return [code(declaration.getText())]
  if (ts.isVariableStatement(declaration)) return [code(declaration.getText().replace(/ = [\s\S]*$/, ''))]
  const parents = declaration.heritageClauses?.map(clause => clause.getText()).join(' ')
  const rows = [...declaration.members].filter(isTold).map(member => memberRow(member, headings))
  return [
    ...(parents ? [`\`${onOneLine(`${declaration.name?.text} ${parents}`)}\``] : []),
    ...(rows.length > 0 ? [table(['Member', 'Type', 'Meaning'], rows)] : []),
  ]
}

/** What a class has in common with its parent is told there. */
function isTold(member: Member): boolean {
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined
  return !isPrivate(member) && !modifiers?.some(({ kind }) => kind === ts.SyntaxKind.OverrideKeyword)
}

function memberRow(member: Member, headings: ReadonlySet<string>): string[] {
  const name = member.name?.getText() ?? 'constructor'
  const optional = 'questionToken' in member && member.questionToken ? '?' : ''
  const linked = typesIn(member).find(type => headings.has(type))
  const type = `\`${inline(typeOf(member))}\``
  return [
    `\`${name}${optional}\``,
    linked ? `[${type}](#${linked.toLowerCase()})` : type,
    onOneLine(commentOf(member)),
  ]
}

function typeOf(member: Member): string {
  if (ts.isPropertySignature(member) || ts.isGetAccessor(member)) return member.type?.getText() ?? ''
  if (ts.isPropertyDeclaration(member)) return propertyType(member)
  const name = member.name?.getText() ?? 'constructor'
  const signature = withoutBody(member)
  return signature.slice(signature.indexOf(name) + name.length)
}

/** A property that is a function, as `readonly now = (): number => …`, is told by its signature. */
function propertyType({ type, initializer }: ts.PropertyDeclaration): string {
  if (type) return type.getText()
  return initializer && ts.isArrowFunction(initializer) ? withoutBody(initializer).replace(/\s*=>$/, '') : ''
}

function withoutBody(node: ts.Node): string {
  const body = ts.isFunctionLike(node) && 'body' in node ? node.body : undefined
  const text = node.getText()
  return (body ? text.slice(0, body.getStart() - node.getStart()) : text).trim()
}

/** The members of a type that is written on several lines need something between them. */
function inline(type: string): string {
  return onOneLine(type.replace(/([^\s{(,|&;])\s*\n\s*(?=[^\s})|&])/g, '$1; '))
}

function code(text: string): string {
  return `\`\`\`ts\n${text.replace(/^export (async )?/, '')}\n\`\`\``
}
