/** A row as it stands in the file. */
export type Row = Readonly<Record<string, unknown>>

type Numeric = { readonly kind: 'numeric'; readonly of: (row: Row) => number | null }
type Category = { readonly kind: 'category'; readonly of: (row: Row) => string | null }

/** What is to be told from what, and in which file of vega-datasets it stands. */
export interface Definition {
  readonly name: string
  readonly file: string
  /** The column with the class. */
  readonly target: string
  /** Classes to keep; all where absent. */
  readonly only?: readonly string[]
  /** Size of a random sample; all rows where absent. */
  readonly rows?: number
  readonly features: Readonly<Record<string, Numeric | Category>>
}

/** The problems, smallest first. */
export const definitions: readonly Definition[] = [
  {
    name: 'countries',
    file: 'gapminder-health-income.csv',
    target: 'region',
    features: { income: log('income'), health: numeric('health'), population: log('population') },
  },
  {
    name: 'penguins',
    file: 'penguins.json',
    target: 'Species',
    features: {
      beakLength: numeric('Beak Length (mm)'),
      beakDepth: numeric('Beak Depth (mm)'),
      flipperLength: numeric('Flipper Length (mm)'),
      bodyMass: numeric('Body Mass (g)'),
      sex: category('Sex'),
    },
  },
  {
    name: 'cars',
    file: 'cars.json',
    target: 'Origin',
    features: {
      milesPerGallon: numeric('Miles_per_Gallon'),
      cylinders: numeric('Cylinders'),
      displacement: numeric('Displacement'),
      horsepower: numeric('Horsepower'),
      weight: numeric('Weight_in_lbs'),
      acceleration: numeric('Acceleration'),
      year: { kind: 'numeric', of: row => new Date(String(row.Year)).getUTCFullYear() },
    },
  },
  {
    name: 'films',
    file: 'movies.json',
    target: 'Major Genre',
    only: ['Drama', 'Comedy', 'Action', 'Adventure', 'Thriller/Suspense', 'Horror', 'Romantic Comedy'],
    rows: 500,
    features: {
      budget: log('Production Budget'),
      gross: log('Worldwide Gross'),
      minutes: numeric('Running Time min'),
      critics: numeric('Rotten Tomatoes Rating'),
      viewers: numeric('IMDB Rating'),
      votes: log('IMDB Votes'),
      ageRating: category('MPAA Rating'),
    },
  },
  {
    name: 'strikes',
    file: 'birdstrikes.csv',
    target: 'Wildlife Size',
    rows: 450,
    features: {
      speed: numeric('Speed IAS in knots'),
      cost: log('Cost Total $'),
      damage: category('Effect Amount of damage'),
      phase: category('Phase of flight'),
      timeOfDay: category('Time of day'),
    },
  },
  {
    name: 'airports',
    file: 'airports.csv',
    target: 'state',
    only: ['AK', 'CA', 'FL', 'GA', 'MI', 'NY', 'OH', 'OK', 'TX'],
    features: { latitude: numeric('latitude'), longitude: numeric('longitude') },
  },
  {
    name: 'weather',
    file: 'seattle-weather.csv',
    target: 'weather',
    rows: 1200,
    features: {
      precipitation: numeric('precipitation'),
      warmest: numeric('temp_max'),
      coldest: numeric('temp_min'),
      wind: numeric('wind'),
      season: { kind: 'numeric', of: row => Math.cos(yearAngle(row)) },
      spring: { kind: 'numeric', of: row => Math.sin(yearAngle(row)) },
    },
  },
]

/** A number; `null` for what is empty or a word such as "Unknown". */
function numeric(column: string): Numeric {
  return { kind: 'numeric', of: row => toNumber(row[column]) }
}

/** Amounts that span many powers of ten: log10 of 1 + the number. */
function log(column: string): Numeric {
  const amount = (value: number | null) => (value === null || value < 0 ? null : Math.log10(1 + value))
  return { kind: 'numeric', of: row => amount(toNumber(row[column])) }
}

/** A word; `null` for what is empty, or a dot, which stands for "not known" in one of the files. */
function category(column: string): Category {
  const word = (value: unknown) => (typeof value === 'string' && !['', '.'].includes(value) ? value : null)
  return { kind: 'category', of: row => word(row[column]) }
}

function toNumber(value: unknown): number | null {
  const number = value === null || value === undefined || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : null
}

/** Where in the year a day lies, so that December is next to January. */
function yearAngle(row: Row): number {
  const [, month = 1, day = 1] = String(row.date).split('-').map(Number)
  return (2 * Math.PI * (month - 1 + (day - 1) / 31)) / 12
}
