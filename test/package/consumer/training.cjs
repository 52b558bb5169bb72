/** Trains as a user would. Takes the two packages, so that it serves both module systems. */
module.exports = async function train(tf, losses) {
  const {asoftmax, combined, hinge, lsoftmax, marginDense} = losses;
  const ids = tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32');
  const labels = tf.oneHot(ids, 3).toFloat();
  const features = labels.mul(2).add(tf.randomUniform([6, 3], -0.5, 0.5, 'float32', 1));

  // A seed, so that it goes the same way every time.
  const kernelInitializer = tf.initializers.glorotNormal({seed: 1});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({units: 8, activation: 'relu', inputShape: [3], kernelInitializer}),
      marginDense({units: 3, kernelInitializer}), // the last layer: logits x·W, no activation
    ],
  });
  const loss = combined([
    [0.25, hinge()],
    [0.65, lsoftmax({m: 4})],
    [0.34, asoftmax({m: 4})],
  ]);
  model.compile({optimizer: tf.train.adam(0.05), loss, metrics: ['accuracy', hinge()]});
  const {history} = await model.fit(features, labels, {epochs: 40, verbose: 0});

  return {
    isFunction: typeof loss === 'function',
    isInstance: loss instanceof losses.CombinedLoss && loss instanceof losses.Loss,
    layerIsInstance: model.layers[1] instanceof losses.MarginDense,
    formula: String(loss),
    losses: history.loss,
    accuracy: history.acc.at(-1),
    metrics: Object.keys(history),
  };
};
