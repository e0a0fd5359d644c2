package io.anyserve.worker.torch.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The architectures of decoders, by the {@code model_type} of their {@code config.json}, and what
 * each takes for granted. Only the reader of that file asks for it.
 */
enum DecoderType {
  QWEN2(WindowRule.FLAGGED, Trait.QUERY_BIAS),
  QWEN3(WindowRule.FLAGGED, Trait.ATTENTION_BIAS_KEY, Trait.HEAD_NORMS, Trait.HEAD_SIZE_KEY),
  LLAMA(WindowRule.NEVER, Trait.ATTENTION_BIAS_KEY, Trait.MLP_BIAS_KEY),
  MISTRAL(WindowRule.EVERY_LAYER),
  PHI3(WindowRule.EVERY_LAYER_IF_SET, Trait.FUSED_WEIGHTS, Trait.PARTIAL_ROTARY),
  GEMMA2(
      WindowRule.EVERY_OTHER,
      Trait.ATTENTION_BIAS_KEY,
      Trait.HEAD_SIZE_KEY,
      Trait.GEMMA,
      Trait.SCORE_CAP),
  GEMMA3_TEXT(
      WindowRule.PATTERN,
      Trait.ATTENTION_BIAS_KEY,
      Trait.HEAD_SIZE_KEY,
      Trait.GEMMA,
      Trait.HEAD_NORMS,
      Trait.SLIDING_ROPE);

  /** What is not the same in all architectures. */
  enum Trait {
    /** Query, key and value have a bias, unless {@code attention_bias} is false. */
    QUERY_BIAS,
    /** The key {@code attention_bias} is for query, key, value and output. */
    ATTENTION_BIAS_KEY,
    /** The key {@code mlp_bias} is for the feed-forward part. */
    MLP_BIAS_KEY,
    /** Query and key heads are normalised. */
    HEAD_NORMS,
    /** The key {@code head_dim} must be there. */
    HEAD_SIZE_KEY,
    /** One tensor for query, key and value, one for gate and up. */
    FUSED_WEIGHTS,
    /** The key {@code partial_rotary_factor} may be below 1. */
    PARTIAL_ROTARY,
    /** Sliding layers have angles of their own. */
    SLIDING_ROPE,
    /**
     * Norms plus one around both parts, a scaled embedding that is the head as well, a key for the
     * scale of scores, a soft cap of logits, {@code hidden_activation} for {@code hidden_act}.
     */
    GEMMA,
    /** Scores may have a soft cap; the keys of both caps must be there. */
    SCORE_CAP
  }

  /** Which layers see a window only. */
  enum WindowRule {
    NEVER,
    /** All, unless {@code sliding_window} is null; it must be there. */
    EVERY_LAYER,
    /** All, where {@code sliding_window} is there. */
    EVERY_LAYER_IF_SET,
    /** Those from {@code max_window_layers} on, where {@code use_sliding_window} is true. */
    FLAGGED,
    /** The first, the third and so on. */
    EVERY_OTHER,
    /** All but each {@code sliding_window_pattern}-th, the sixth where the key is missing. */
    PATTERN
  }

  private final WindowRule windows;

  @SuppressWarnings("ImmutableEnumChecker") // a set that cannot be changed
  private final Set<Trait> traits;

  DecoderType(WindowRule windows, Trait... traits) {
    this.windows = windows;
    this.traits = Set.of(traits);
  }

  static DecoderType of(JsonFile json) {
    ModelFamily.DECODER.require(json);
    return valueOf(json.text("model_type").toUpperCase(Locale.ROOT));
  }

  /** As {@code config.json} names them. */
  static List<String> names() {
    return Arrays.stream(values()).map(type -> type.name().toLowerCase(Locale.ROOT)).toList();
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }

  WindowRule windows() {
    return windows;
  }
}
