/** A task that does nothing: what it takes is what Longshore takes. */
export default function noop() {}
