/** What the examples use of packages that come without types. */

declare module 'ml-naivebayes' {
  export class GaussianNB {
    train(rows: number[][], labels: number[]): void
    predict(rows: number[][]): number[]
  }
}

declare module 'ml-knn' {
  export default class KNN {
    constructor(rows: number[][], labels: number[], options: { k: number })
    predict(rows: number[][]): number[]
  }
}

declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix'
  export default class LogisticRegression {
    constructor(options: { numSteps: number; learningRate: number })
    train(rows: Matrix, labels: Matrix): void
    predict(rows: Matrix): number[]
  }
}

declare module 'ml-cart' {
  export class DecisionTreeClassifier {
    constructor(options: { gainFunction: 'gini'; maxDepth: number; minNumSamples: number })
    train(rows: number[][], labels: number[]): void
    predict(rows: number[][]): number[]
  }
}

declare module 'libsvm-js/asm.js' {
  export default class SVM {
    static readonly SVM_TYPES: { readonly C_SVC: string }
    static readonly KERNEL_TYPES: { readonly RBF: string }
    constructor(options: { type: string; kernel: string; cost: number; quiet: boolean })
    train(rows: number[][], labels: number[]): void
    predict(rows: number[][]): number[]
    free(): void
  }
}
