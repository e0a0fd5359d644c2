package io.anyserve.worker.torch.model;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The shape of a decoder, as its {@code config.json} states it: layers of grouped-query attention
 * with rotary positions and of a gated feed-forward part, RMS norms, one output head. What differs
 * among architectures is a value here; the module's text depends on these values alone.
 */
public record ModelConfig(
    Size size, Attention attention, FeedForward feedForward, Norms norms, Embeddings embeddings) {

  static final String FILE = "config.json";

  /**
   * How large the model is.
   *
   * @param hidden width of the residual stream
   * @param vocabulary rows of the embedding, at least the number of tokens
   * @param maxLength positions that the model can tell apart
   */
  public record Size(int hidden, int layers, int vocabulary, int maxLength) {

    public Size {
      positive("hidden", hidden);
      positive("layers", layers);
      positive("vocabulary", vocabulary);
      positive("maxLength", maxLength);
    }
  }

  /**
   * The attention of every layer.
   *
   * @param heads query heads, a multiple of {@code kvHeads}
   * @param headSize numbers per head, even
   */
  public record Attention(
      int heads,
      int kvHeads,
      int headSize,
      Projection projection,
      Scores scores,
      Positions positions) {

    public Attention {
      positive("heads", heads);
      positive("kvHeads", kvHeads);
      positive("headSize", headSize);
      require(heads % kvHeads == 0, "kvHeads", kvHeads, "a divisor of " + heads + " heads");
      require(headSize % 2 == 0, "headSize", headSize, "an even number");
      int rotary = positions.rope().size();
      require(rotary <= headSize, "rotary size", rotary, "at most the head's " + headSize);
    }

    /** Separate projections, scores as they are. */
    public static Attention plain(
        int heads, int kvHeads, int headSize, boolean bias, Positions positions) {
      return new Attention(
          heads, kvHeads, headSize, Projection.separate(bias), Scores.PLAIN, positions);
    }
  }

  /**
   * The linear layers around the attention.
   *
   * @param bias whether query, key and value have one
   * @param outputBias whether the output has one
   * @param fused whether the checkpoint holds query, key and value as one tensor
   */
  public record Projection(boolean bias, boolean outputBias, boolean fused) {

    /** Query, key and value apart, and no bias of the output. */
    public static Projection separate(boolean bias) {
      return new Projection(bias, false, false);
    }
  }

  /**
   * How the product of a query and a key becomes a score.
   *
   * @param scale what it is multiplied with; empty is 1 over the root of the head's size
   * @param softCap bound that scores approach: {@code cap * tanh(score / cap)}
   */
  public record Scores(OptionalDouble scale, OptionalDouble softCap) {

    public static final Scores PLAIN = new Scores(OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** What a token of a layer sees. */
  public enum LayerType {
    /** All tokens before it and itself. */
    FULL,
    /** The last ones, as many as the window is long, itself included. */
    SLIDING
  }

  /**
   * Which tokens each layer sees, and by which angles it turns them.
   *
   * @param layers one type for each layer
   * @param window tokens that sliding layers see
   * @param rope angles of the layers
   * @param slidingRope angles of the sliding layers, mostly the same
   */
  public record Positions(List<LayerType> layers, int window, Rope rope, Rope slidingRope) {

    public Positions {
      layers = List.copyOf(layers);
      positive("sliding window", window);
      require(
          slidingRope.size() == rope.size(),
          "sliding rotary size",
          slidingRope.size(),
          "that of the other layers, " + rope.size());
    }

    /** Every layer sees everything. */
    public static Positions full(int layers, Rope rope) {
      return new Positions(Collections.nCopies(layers, LayerType.FULL), 1, rope, rope);
    }

    public boolean anySlides() {
      return layers.contains(LayerType.SLIDING);
    }

    public boolean allSlide() {
      return !layers.contains(LayerType.FULL);
    }

    /** The different ones: that of all layers, or that of full and that of sliding layers. */
    public List<Rope> ropes() {
      return rope.equals(slidingRope) ? List.of(rope) : List.of(rope, slidingRope);
    }
  }

  /** The function on the gate of the feed-forward part. */
  public enum GateActivation {
    SILU("silu"),
    /** GELU by the hyperbolic tangent. */
    GELU_TANH("gelu_pytorch_tanh");

    private final String text;

    GateActivation(String text) {
      this.text = text;
    }

    /** As {@code config.json} names it. */
    String text() {
      return text;
    }
  }

  /**
   * The gated part of every layer.
   *
   * @param bias whether its linear layers have one
   * @param fused whether the checkpoint holds gate and up as one tensor
   */
  public record FeedForward(int width, GateActivation activation, boolean bias, boolean fused) {

    public FeedForward {
      positive("feedForward", width);
    }

    /** SiLU, no bias, gate and up apart. */
    public static FeedForward silu(int width) {
      return new FeedForward(width, GateActivation.SILU, false, false);
    }
  }

  /** What a norm multiplies with. */
  public enum NormWeight {
    /** The checkpoint's weight. */
    PLAIN,
    /** One more than the checkpoint's weight. */
    PLUS_ONE
  }

  /** Where the norms of a layer are. */
  public enum NormPlacement {
    /** Before attention and before the feed-forward part. */
    BEFORE,
    /** Also behind both, before the residual stream takes their result. */
    AROUND
  }

  /**
   * The RMS norms.
   *
   * @param epsilon added to the mean square in every norm
   * @param heads whether each query and key head is normalised before it is turned
   */
  public record Norms(double epsilon, NormWeight weight, NormPlacement placement, boolean heads) {

    public Norms {
      require(epsilon > 0, "normEpsilon", epsilon, "> 0");
    }

    /** Two norms a layer, with the weights as they are. */
    public static Norms before(double epsilon) {
      return new Norms(epsilon, NormWeight.PLAIN, NormPlacement.BEFORE, false);
    }
  }

  /**
   * Both ends of the model.
   *
   * @param tiedHead whether the output head is the embedding itself
   * @param scale what the embedding of a token is multiplied with
   * @param softCap bound that logits approach
   */
  public record Embeddings(boolean tiedHead, double scale, OptionalDouble softCap) {

    /** Tokens and logits as they are. */
    public static Embeddings plain(boolean tiedHead) {
      return new Embeddings(tiedHead, 1, OptionalDouble.empty());
    }
  }

  public ModelConfig {
    int types = attention.positions.layers.size();
    require(types == size.layers, "layer types", types, "one for each of " + size.layers);
  }

  /** As Qwen2 and Llama are, with a tied head. */
  public static ModelConfig plain(Size size, Attention attention, int feedForward) {
    return new ModelConfig(
        size, attention, FeedForward.silu(feedForward), Norms.before(1e-6), Embeddings.plain(true));
  }

  /** Qwen2.5-0.5B: 0.494 G parameters. */
  public static ModelConfig qwen2HalfBillion() {
    var positions = Positions.full(24, Rope.plain(1e6, 64));
    var attention = Attention.plain(14, 2, 64, true, positions);
    return plain(new Size(896, 24, 151936, 32768), attention, 4864);
  }

  public static ModelConfig read(Path folder) {
    return of(JsonFile.read(folder.resolve(FILE)));
  }

  /** That of a {@code config.json} by itself. */
  public static ModelConfig readFile(Path file) {
    return of(JsonFile.read(file));
  }

  /** The same of a {@code config.json} that was read already. */
  public static ModelConfig of(JsonFile json) {
    return DecoderConfigReader.read(json);
  }

  public int hidden() {
    return size.hidden;
  }

  public int layers() {
    return size.layers;
  }

  public int vocabulary() {
    return size.vocabulary;
  }

  public int maxLength() {
    return size.maxLength;
  }

  /** Numbers of all query heads together. */
  public int queryWidth() {
    return attention.heads() * attention.headSize();
  }

  int keyWidth() {
    return attention.kvHeads() * attention.headSize();
  }

  private static void positive(String name, int value) {
    require(value >= 1, name, value, ">= 1");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
