/** Names of nodes, and how often they have changed: so whoever goes by them sees whether to look again. */
export class NodeNames extends Set<string> {
  changes = 0

  override add(name: string): this {
    if (!this.has(name)) this.changes++
    return super.add(name)
  }

  override delete(name: string): boolean {
    const was = super.delete(name)
    if (was) this.changes++
    return was
  }

  override clear(): void {
    this.changes++
    super.clear()
  }
}
