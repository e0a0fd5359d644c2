package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rotary positions of a model: how much of a head is turned, and how angles are scaled for long
 * texts. Some architectures keep the scaling as a tensor of factors.
 */
record GgufRope(GgufFile file, GgufArchitecture architecture, GgufShape shape) {

  private static final String SCALING = "rope_scaling";
  private static final String LLAMA3 = "rope_freqs.weight";
  private static final String LONG = "rope_factors_long.weight";
  private static final String SHORT = "rope_factors_short.weight";
  private static final List<String> KINDS = List.of("none", "linear", "yarn", "longrope");

  /** What Llama 3.1, 3.2 and 3.3 have in common; only the factor differs. */
  private static final double LOW = 1;

  private static final double HIGH = 4;
  private static final int ORIGINAL = 8192;
  private static final double TOLERANCE = 1e-4;

  void addTo(ObjectNode json) {
    turned(json);
    String kind = metadata().optionalText(key("rope.scaling.type")).orElse("none");
    if (!KINDS.contains(kind)) {
      throw metadata().wrong(key("rope.scaling.type"), kind, "one of " + KINDS);
    }
    if (file.tensor(LLAMA3).isPresent()) {
      llama3(json);
    } else if (file.tensor(LONG).isPresent()) {
      longRope(json);
    } else if (kind.equals("linear") || kind.equals("yarn")) {
      scaled(json, kind);
    }
    String original = key("rope.scaling.original_context_length");
    if (architecture == GgufArchitecture.PHI3 && metadata().has(original)) {
      json.put("original_max_position_embeddings", metadata().positive(original));
    }
  }

  /** Only Phi turns a part of the head. */
  private void turned(ObjectNode json) {
    String dimensions = key("rope.dimension_count");
    int turned = metadata().positive(dimensions, shape.headSize());
    if (turned == shape.headSize()) {
      return;
    }
    if (architecture != GgufArchitecture.PHI3 || turned > shape.headSize()) {
      throw metadata()
          .wrong(dimensions, Integer.toString(turned), Integer.toString(shape.headSize()));
    }
    json.put("partial_rotary_factor", (double) turned / shape.headSize());
  }

  private void scaled(ObjectNode json, String kind) {
    ObjectNode scaling = json.putObject(SCALING).put("rope_type", kind);
    scaling.put("factor", metadata().positiveNumber(key("rope.scaling.factor")));
    String original = key("rope.scaling.original_context_length");
    if (kind.equals("yarn") && metadata().has(original)) {
      scaling.put("original_max_position_embeddings", metadata().positive(original));
    }
  }

  private void longRope(ObjectNode json) {
    ObjectNode scaling = json.putObject(SCALING).put("rope_type", "longrope");
    scaling.put("type", "longrope");
    numbers(scaling.putArray("long_factor"), LONG);
    numbers(scaling.putArray("short_factor"), SHORT);
  }

  private void numbers(ArrayNode array, String tensor) {
    for (float number : factors(tensor)) {
      array.add(Double.parseDouble(Float.toString(number)));
    }
  }

  /**
   * The parameters of the scaling that the factors come from: all models with it share them but for
   * the largest factor. Factors of other parameters are refused.
   */
  private void llama3(ObjectNode json) {
    float[] found = factors(LLAMA3);
    double factor =
        IntStream.range(0, found.length).mapToDouble(i -> found[i]).max().orElse(Double.NaN);
    double theta = metadata().positiveNumber(key("rope.freq_base"), 10_000);
    for (int i = 0; i < found.length; i++) {
      double expected = llama3Factor(Math.pow(theta, 2.0 * i / shape.headSize()), factor);
      if (!(Math.abs(found[i] - expected) <= TOLERANCE * expected)) {
        throw new InvalidModelException(
            file.path(),
            LLAMA3 + ": " + found[i] + " at " + i,
            "the factors of Llama 3, here " + (float) expected);
      }
    }
    ObjectNode scaling = json.putObject(SCALING).put("rope_type", "llama3");
    scaling.put("factor", Double.parseDouble(Float.toString((float) factor)));
    scaling.put("low_freq_factor", LOW).put("high_freq_factor", HIGH);
    scaling.put("original_max_position_embeddings", ORIGINAL);
  }

  /** Long waves are stretched by the factor, short ones are left, between them it is gradual. */
  private static double llama3Factor(double period, double factor) {
    double turns = ORIGINAL / (2 * Math.PI * period);
    if (turns > HIGH) {
      return 1;
    }
    if (turns < LOW) {
      return factor;
    }
    double share = (turns - LOW) / (HIGH - LOW);
    return 1 / ((1 - share) / factor + share);
  }

  private float[] factors(String name) {
    GgufTensor tensor =
        file.tensor(name)
            .orElseThrow(
                () -> new InvalidModelException(file.path(), name + ": missing", "factors"));
    String turned = key("rope.dimension_count");
    long expected = metadata().positive(turned, shape.headSize()) / 2;
    if (!tensor.shape().equals(List.of(expected))) {
      throw new InvalidModelException(
          file.path(), name + ": shape " + tensor.shape(), "[" + expected + "]");
    }
    float[] factors = tensor.numbers();
    if (IntStream.range(0, factors.length).anyMatch(i -> !(factors[i] > 0))) {
      throw new InvalidModelException(
          file.path(), name + ": " + Arrays.toString(factors), "numbers > 0");
    }
    return factors;
  }

  private GgufMetadata metadata() {
    return file.metadata();
  }

  private String key(String name) {
    return architecture.text() + "." + name;
  }
}
