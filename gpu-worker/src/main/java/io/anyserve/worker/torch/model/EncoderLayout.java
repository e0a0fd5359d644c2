package io.anyserve.worker.torch.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The names and shapes of an encoder's weights, in the groups that its module takes fused.
 *
 * @param prefix of all names: empty, or {@code bert.} where the checkpoint has a head beside the
 *     encoder
 * @param norm how the names of a norm's factors and offsets end
 */
public record EncoderLayout(EncoderConfig config, String prefix, Norm norm) {

  private static final String HEADED = "bert.";

  /** Older checkpoints say gamma and beta. */
  enum Norm {
    NEW("weight", "bias"),
    OLD("gamma", "beta");

    private final String factors;
    private final String offsets;

    Norm(String factors, String offsets) {
      this.factors = factors;
      this.offsets = offsets;
    }
  }

  /** The names that the checkpoint uses; whether it has all weights is not looked at. */
  public static EncoderLayout of(EncoderConfig config, Checkpoint checkpoint) {
    String prefix = checkpoint.has(HEADED + "embeddings.word_embeddings.weight") ? HEADED : "";
    boolean old = checkpoint.has(prefix + "embeddings.LayerNorm." + Norm.OLD.factors);
    return new EncoderLayout(config, prefix, old ? Norm.OLD : Norm.NEW);
  }

  /** A row for each token. */
  public TensorSpec words() {
    return table("word", config.embedding().vocabulary());
  }

  /** A row for each position. */
  public TensorSpec positions() {
    return table("position", config.embedding().positions());
  }

  /** A row for each type of segment. */
  public TensorSpec types() {
    return table("token_type", config.embedding().types());
  }

  /** Four groups: query, key and value; attention output; into the feed-forward part; out of it. */
  public List<List<TensorSpec>> linears(int layer) {
    int hidden = config.hidden();
    return List.of(
        List.of(
            weight(layer, "attention.self.query", hidden, hidden),
            weight(layer, "attention.self.key", hidden, hidden),
            weight(layer, "attention.self.value", hidden, hidden)),
        List.of(weight(layer, "attention.output.dense", hidden, hidden)),
        List.of(weight(layer, "intermediate.dense", config.feedForward(), hidden)),
        List.of(weight(layer, "output.dense", hidden, config.feedForward())));
  }

  /** The biases of the four groups; then factors and offsets of both norms. */
  public List<List<TensorSpec>> vectors(int layer) {
    int hidden = config.hidden();
    List<List<TensorSpec>> vectors = new ArrayList<>();
    vectors.add(
        List.of(
            bias(layer, "attention.self.query", hidden),
            bias(layer, "attention.self.key", hidden),
            bias(layer, "attention.self.value", hidden)));
    vectors.add(List.of(bias(layer, "attention.output.dense", hidden)));
    vectors.add(List.of(bias(layer, "intermediate.dense", config.feedForward())));
    vectors.add(List.of(bias(layer, "output.dense", hidden)));
    vectors.addAll(norm(layer(layer) + "attention.output"));
    vectors.addAll(norm(layer(layer) + "output"));
    return vectors;
  }

  /** Factors and offsets of the norm behind the tables. */
  public List<List<TensorSpec>> firstNorm() {
    return norm("embeddings");
  }

  /** Weights and biases of the pooler and of the score behind it; none without a head. */
  public List<List<TensorSpec>> head() {
    if (!config.scoresPairs()) {
      return List.of();
    }
    int hidden = config.hidden();
    return List.of(
        List.of(TensorSpec.of(prefix + "pooler.dense.weight", hidden, hidden)),
        List.of(TensorSpec.of(prefix + "pooler.dense.bias", hidden)),
        List.of(TensorSpec.of("classifier.weight", 1, hidden)),
        List.of(TensorSpec.of("classifier.bias", 1)));
  }

  public List<TensorSpec> all() {
    List<TensorSpec> all = new ArrayList<>(List.of(words(), positions(), types()));
    firstNorm().forEach(all::addAll);
    head().forEach(all::addAll);
    for (int layer = 0; layer < config.layers(); layer++) {
      linears(layer).forEach(all::addAll);
      vectors(layer).forEach(all::addAll);
    }
    return all;
  }

  private TensorSpec table(String name, int rows) {
    return TensorSpec.of(
        prefix + "embeddings." + name + "_embeddings.weight", rows, config.hidden());
  }

  private TensorSpec weight(int layer, String part, int... shape) {
    return TensorSpec.of(prefix + layer(layer) + part + ".weight", shape);
  }

  private TensorSpec bias(int layer, String part, int width) {
    return TensorSpec.of(prefix + layer(layer) + part + ".bias", width);
  }

  private List<List<TensorSpec>> norm(String part) {
    String name = prefix + part + ".LayerNorm.";
    return List.of(
        List.of(TensorSpec.of(name + norm.factors, config.hidden())),
        List.of(TensorSpec.of(name + norm.offsets, config.hidden())));
  }

  private static String layer(int layer) {
    return "encoder.layer." + layer + ".";
  }
}
