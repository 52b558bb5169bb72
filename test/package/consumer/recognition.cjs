/** Uses the two smaller entry points as a user would. Takes the packages, so that it serves both module systems. */
module.exports = async function recognise(tf, {marginDense}, metrics, {recognizer}) {
  const kernelInitializer = tf.initializers.identity({});
  const model = tf.sequential({layers: [marginDense({units: 2, inputShape: [2], kernelInitializer})]});
  const r = recognizer(model, {labels: ['right', 'up'], score: 'cosine'});
  const xs = [
    [1, 0.1],
    [2, 0],
    [1, -0.2],
    [0.1, 1],
    [0, 2],
    [0.3, 1],
  ];
  const labels = ['right', 'right', 'right', 'up', 'up', 'up'];
  await r.calibrate({known: {xs, labels}}, {falseReject: 0});
  const before = await r.recognize([
    [3, 0],
    [-1, -1],
  ]);
  await r.enroll('left', [
    [-1, 0],
    [-1, 0.1],
  ]);
  const again = await recognizer.fromJSON(model, JSON.parse(JSON.stringify(r)));
  const after = await again.recognize([[-2, 0]]);
  return {
    labels: [...before, ...after].map(({label}) => label),
    auroc: metrics.auroc([2, 3], [1, 2]),
    metrics: Object.keys(metrics).sort(),
  };
};
