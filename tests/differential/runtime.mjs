// The runtime's side of the differential campaign: takes the same requests as evaluate.c and answers each with one
// line of JSON, what ONNX Runtime makes of the model. A model that kills it is answered by nobody; see worker.py.
import { createRequire } from 'node:module';
import { readSync, writeSync } from 'node:fs';

const ort = createRequire(process.argv[2] + '/')('onnxruntime-web');
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';
console.log = console.warn = console.error = () => {};

function receive(size) {
  const data = Buffer.alloc(size);
  for (let at = 0, got; at < size; at += got) {
    got = readSync(0, data, at, size - at, null);
    if (got === 0) process.exit(0);
  }
  return data;
}

function receiveRequest() {
  const [bytes, points, width, optimise] = new Uint32Array(Uint8Array.from(receive(16)).buffer);
  const numbers = new Float64Array(Uint8Array.from(receive(8 * points * width)).buffer);
  const point = Array.from({ length: points }, (_, k) => numbers.subarray(k * width, (k + 1) * width));
  return { model: Uint8Array.from(receive(bytes)), point, width, optimise: ['disabled', 'basic', 'extended', 'all'][optimise] };
}

const arrays = { float32: Float32Array, float64: Float64Array };

const LARGEST = 1 << 20;

// An open dimension is taken as 1; one that has neither number nor name is told as -1, read without sign.
function inputTensor(about, numbers, width) {
  const shape = about.shape.map((d) => (typeof d === 'number' && d !== 2 ** 32 - 1 ? d : 1));
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > LARGEST) throw new Error(`its input has more than ${LARGEST} elements, which is not tried`);
  return new ort.Tensor(about.type, arrays[about.type].from({ length: count }, (_, i) => numbers[i % width]), shape);
}

// NaN and infinities have no form of their own in JSON.
const plain = (x) => (Number.isFinite(x) ? x : String(x));

async function evaluate(session, request) {
  const [about] = session.inputMetadata;
  const answer = { inputs: session.inputNames.length, outputs: session.outputNames.length, input: about, rows: [] };
  if (answer.inputs !== 1 || answer.outputs !== 1 || !(about.type in arrays)) return answer;
  for (const numbers of request.point) {
    const x = inputTensor(about, numbers, request.width);
    answer.size = x.size;
    const y = (await session.run({ [about.name]: x }, { logSeverityLevel: 4 }))[session.outputNames[0]];
    answer.type = y.type;
    answer.shape = y.dims;
    answer.rows.push(y.type in arrays ? Array.from(y.data, plain) : []);
    y.dispose();
  }
  return answer;
}

async function answer(request) {
  let session;
  try {
    session = await ort.InferenceSession.create(request.model, {
      graphOptimizationLevel: request.optimise, logSeverityLevel: 4, enableCpuMemArena: false });
  } catch (e) {
    return { refused: 'load', reason: String(e?.message ?? e) };
  }
  try {
    return await evaluate(session, request);
  } catch (e) {
    return { refused: 'run', reason: String(e?.message ?? e) };
  } finally {
    await session.release();
  }
}

for (;;) writeSync(1, '=' + JSON.stringify(await answer(receiveRequest())) + '\n');
