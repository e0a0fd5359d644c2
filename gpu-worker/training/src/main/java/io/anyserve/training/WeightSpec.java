package io.anyserve.training;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One weight of the model: its name in a Hugging Face folder, its dimensions and how it starts.
 *
 * @param start the first values, drawn row by row
 */
record WeightSpec(String name, List<Long> dimensions, Start start) {

  /** Weights per layer, in the order of {@link #all}. */
  static final int PER_LAYER = 12;

  /** Weights before the first layer: the embedding and the last norm. */
  static final int BEFORE_LAYERS = 2;

  private static final float DEVIATION = 0.03f;
  private static final float RESIDUAL_DEVIATION = 0.02f;

  /** Where a weight starts: a constant, or a normal distribution around zero. */
  sealed interface Start {
    record Constant(float value) implements Start {}

    record Normal(float deviation) implements Start {}
  }

  WeightSpec {
    dimensions = List.copyOf(dimensions);
  }

  /** Every weight in the order in which {@link TrainingModule} indexes its list. */
  static List<WeightSpec> all(ModelShape shape) {
    var specs = new ArrayList<WeightSpec>();
    specs.add(matrix("model.embed_tokens.weight", shape.vocabulary(), shape.hidden(), DEVIATION));
    specs.add(norm("model.norm", shape));
    for (int layer = 0; layer < shape.layers(); layer++) {
      addLayer("model.layers." + layer + ".", shape, specs);
    }
    return specs;
  }

  /** The number of values of all weights. */
  static long count(List<WeightSpec> specs) {
    return specs.stream().mapToLong(WeightSpec::size).sum();
  }

  int size() {
    return dimensions.stream().mapToInt(Math::toIntExact).reduce(1, Math::multiplyExact);
  }

  float[] firstValues(RandomGenerator random) {
    var values = new float[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (start) {
            case Start.Constant constant -> constant.value();
            case Start.Normal normal -> (float) (normal.deviation() * random.nextGaussian());
          };
    }
    return values;
  }

  private static void addLayer(String prefix, ModelShape shape, List<WeightSpec> specs) {
    int hidden = shape.hidden();
    float residual = RESIDUAL_DEVIATION / (float) Math.sqrt(2.0 * shape.layers());
    specs.add(norm(prefix + "input_layernorm", shape));
    addProjection(prefix + "self_attn.q_proj", shape.queryWidth(), hidden, specs);
    addProjection(prefix + "self_attn.k_proj", shape.keyWidth(), hidden, specs);
    addProjection(prefix + "self_attn.v_proj", shape.keyWidth(), hidden, specs);
    specs.add(matrix(prefix + "self_attn.o_proj.weight", hidden, shape.queryWidth(), residual));
    specs.add(norm(prefix + "post_attention_layernorm", shape));
    specs.add(matrix(prefix + "mlp.gate_proj.weight", shape.feedForward(), hidden, DEVIATION));
    specs.add(matrix(prefix + "mlp.up_proj.weight", shape.feedForward(), hidden, DEVIATION));
    specs.add(matrix(prefix + "mlp.down_proj.weight", hidden, shape.feedForward(), residual));
  }

  private static void addProjection(String name, int outputs, int inputs, List<WeightSpec> specs) {
    specs.add(matrix(name + ".weight", outputs, inputs, DEVIATION));
    specs.add(new WeightSpec(name + ".bias", List.of((long) outputs), new Start.Constant(0)));
  }

  private static WeightSpec matrix(String name, long outputs, long inputs, float deviation) {
    return new WeightSpec(name, List.of(outputs, inputs), new Start.Normal(deviation));
  }

  private static WeightSpec norm(String name, ModelShape shape) {
    return new WeightSpec(name + ".weight", List.of((long) shape.hidden()), new Start.Constant(1));
  }
}
