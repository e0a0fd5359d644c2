package io.anyserve.worker.torch.gguf;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens with which a model ends an answer. The metadata has one or two of them; a model that
 * was trained on conversations ends its turns with one that is known by its name only.
 */
record GgufEndTokens(Set<Integer> ids) {

  private static final List<String> KEYS =
      List.of(
          "tokenizer.ggml.eos_token_id",
          "tokenizer.ggml.eot_token_id",
          "tokenizer.ggml.eom_token_id");

  private static final List<String> NAMES =
      List.of(
          "<|endoftext|>",
          "<|end_of_text|>",
          "<|im_end|>",
          "<|end|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<end_of_turn>");

  static GgufEndTokens of(GgufMetadata metadata) {
    GgufTokens tokens = GgufTokens.of(metadata);
    Set<Integer> ids = new TreeSet<>();
    for (String key : KEYS) {
      tokens.id(key).ifPresent(ids::add);
    }
    for (int id = 0; id < tokens.size(); id++) {
      if (tokens.isAdded(id) && NAMES.contains(tokens.text(id))) {
        ids.add(id);
      }
    }
    return new GgufEndTokens(ids);
  }

  void addTo(ObjectNode json) {
    ArrayNode array = json.putArray("eos_token_id");
    ids.forEach(array::add);
  }
}
