/** Colours of groups that people with any sight tell apart, after Okabe and Ito, and some more; the last is that of the others. */
export const GROUP_COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#8c6bb1',
  '#b2a429',
  '#44679f',
  '#7f8c8d',
] as const

export const THEME = {
  background: '#ffffff',
  lane: '#f0f2f5',
  text: '#1f2933',
  faint: '#66727f',
  grid: '#d5dae0',
  mark: '#c0392b',
  onBar: '#ffffff',
  failed: '#c0392b',
  font: "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif",
} as const
