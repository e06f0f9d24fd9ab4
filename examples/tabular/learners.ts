import { Matrix } from 'ml-matrix'
import type { Encoded } from './encode.ts'

/** What a fit depends on, for an estimate of its time. */
export interface Shape {
  readonly rows: number
  readonly columns: number
  readonly classes: number
}

/** One setting of a learner: how it is called in the table, what it does, and how long that may take. */
export interface Setting {
  readonly name: string
  /** Rough seconds of one fit. Only the order matters much: the scheduler learns each group's factor. */
  estimateS(shape: Shape): number
  /** Learns from `train` and `labels`; the predicted class of each row of `test`. */
  predict(data: Encoded, labels: number[]): number[] | Promise<number[]>
}

/** The learners and their settings. The packages are loaded by the first fit, in the worker that runs it. */
export const learners: Readonly<Record<string, readonly Setting[]>> = {
  'naive Bayes': [0.05, 0.2, 0.5].map(naiveBayes),
  'nearest neighbours': [1, 5, 15].map(nearestNeighbours),
  'logistic regression': [100, 200, 400].map(logisticRegression),
  'decision tree': [3, 6, 12].map(decisionTree),
  'support vectors': [1, 10, 100].map(supportVectors),
  'random forest': [4, 8, 16].map(randomForest),
}

/**
 * Gaussian naive Bayes breaks down where a column never varies within a class. Each row is therefore learned twice,
 * shifted up and down by `blur`: that leaves the means and adds `blur`² to every variance, without chance.
 */
function naiveBayes(blur: number): Setting {
  return {
    name: `blur ${blur}`,
    estimateS: ({ rows, columns }) => 1e-7 * rows * columns,
    async predict({ train, test }, labels) {
      const { GaussianNB } = await import('ml-naivebayes')
      const model = new GaussianNB()
      const shifted = [blur, -blur].flatMap(by => train.map(row => row.map(value => value + by)))
      model.train(shifted, [...labels, ...labels])
      return model.predict(test)
    },
  }
}

function nearestNeighbours(k: number): Setting {
  return {
    name: `k ${k}`,
    estimateS: ({ rows, columns }) => 2e-7 * rows * Math.log2(rows) * columns,
    async predict({ train, test }, labels) {
      const { default: KNN } = await import('ml-knn')
      return new KNN(train, labels, { k }).predict(test)
    },
  }
}

/** One against the rest by gradient descent over all rows; the package has no intercept, so a column of ones is. */
function logisticRegression(steps: number): Setting {
  return {
    name: `${steps} steps`,
    estimateS: ({ rows, columns, classes }) => 2e-8 * steps * rows * columns * classes,
    async predict({ train, test }, labels) {
      const { default: LogisticRegression } = await import('ml-logistic-regression')
      const withOne = (rows: number[][]) => new Matrix(rows.map(row => [1, ...row]))
      const model = new LogisticRegression({ numSteps: steps, learningRate: 1 / train.length })
      model.train(withOne(train), Matrix.columnVector(labels))
      return model.predict(withOne(test))
    },
  }
}

function decisionTree(maxDepth: number): Setting {
  return {
    name: `depth ${maxDepth}`,
    estimateS: ({ rows, columns }) => 1e-6 * rows * Math.log2(rows) * columns * Math.sqrt(maxDepth),
    async predict({ train, test }, labels) {
      const { DecisionTreeClassifier } = await import('ml-cart')
      const model = new DecisionTreeClassifier({ gainFunction: 'gini', maxDepth, minNumSamples: 5 })
      model.train(train, labels)
      return model.predict(test)
    },
  }
}

/**
 * A radial basis kernel. The package's asm.js build, for its WebAssembly one tries a browser's way to load first and
 * complains on standard error. Its model lies in a heap of its own, until `free`.
 */
function supportVectors(cost: number): Setting {
  return {
    name: `C ${cost}`,
    estimateS: ({ rows, columns }) => 5e-9 * rows * rows * columns * Math.sqrt(cost),
    async predict({ train, test }, labels) {
      const { default: SVM } = await import('libsvm-js/asm.js')
      const model = new SVM({ type: SVM.SVM_TYPES.C_SVC, kernel: SVM.KERNEL_TYPES.RBF, cost, quiet: true })
      model.train(train, labels)
      const predicted = model.predict(test)
      model.free()
      return predicted
    },
  }
}

/** Each tree learns from 70 % of the columns, drawn without replacement, and from a bootstrap sample of the rows. */
function randomForest(trees: number): Setting {
  return {
    name: `${trees} trees`,
    estimateS: ({ rows, columns }) => 2e-6 * rows * Math.log2(rows) * columns * trees,
    async predict({ train, test }, labels) {
      const { RandomForestClassifier } = await import('ml-random-forest')
      const model = new RandomForestClassifier({
        nEstimators: trees,
        maxFeatures: Math.ceil(0.7 * (train[0]?.length ?? 0)),
        replacement: false,
        noOOB: true,
        seed: 1,
        treeOptions: { minNumSamples: 5 },
      })
      model.train(train, labels)
      return model.predict(test)
    },
  }
}

/** A setting by the names of its learner and its own. Throws for unknown ones. */
export function settingOf(learner: string, name: string): Setting {
  const setting = learners[learner]?.find(one => one.name === name)
  if (!setting) throw new Error(`No setting "${name}" of a learner "${learner}".`)
  return setting
}
