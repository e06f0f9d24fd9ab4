// What the workers of piscina and BullMQ call.
export default async function noop() {}
