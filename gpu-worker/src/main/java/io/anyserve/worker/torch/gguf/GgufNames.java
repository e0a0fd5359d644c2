package io.anyserve.worker.torch.gguf;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What GGUF calls the tensors that Hugging Face names. */
record GgufNames(GgufArchitecture architecture) {

  static final String EMBEDDING = "token_embd.weight";
  static final String HEAD = "output.weight";

  private static final Pattern OF_LAYER =
      Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private static final Map<String, String> WHOLE =
      Map.of(
          "model.embed_tokens.weight", EMBEDDING,
          "model.norm.weight", "output_norm.weight",
          "lm_head.weight", HEAD);

  private static final Map<String, String> PARTS =
      Map.ofEntries(
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("self_attn.q_proj", "attn_q"),
          Map.entry("self_attn.k_proj", "attn_k"),
          Map.entry("self_attn.v_proj", "attn_v"),
          Map.entry("self_attn.qkv_proj", "attn_qkv"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("self_attn.q_norm", "attn_q_norm"),
          Map.entry("self_attn.k_norm", "attn_k_norm"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.gate_up_proj", "ffn_up"),
          Map.entry("mlp.down_proj", "ffn_down"));

  /** Gemma has a norm before and behind each part of a layer. */
  private static final Map<String, String> PARTS_OF_GEMMA =
      with(
          PARTS,
          Map.of(
              "post_attention_layernorm", "post_attention_norm",
              "pre_feedforward_layernorm", "ffn_norm",
              "post_feedforward_layernorm", "post_ffw_norm"));

  /** The name in the file; one that GGUF has no word for stays as it is, and is not found. */
  String stored(String name) {
    Matcher layer = OF_LAYER.matcher(name);
    if (!layer.matches()) {
      return WHOLE.getOrDefault(name, name);
    }
    String part = (architecture.isGemma() ? PARTS_OF_GEMMA : PARTS).get(layer.group(2));
    return part == null ? name : "blk." + layer.group(1) + "." + part + "." + layer.group(3);
  }

  private static Map<String, String> with(Map<String, String> first, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(first);
    all.putAll(more);
    return Map.copyOf(all);
  }
}
