export default () => process.env.CUDA_VISIBLE_DEVICES
