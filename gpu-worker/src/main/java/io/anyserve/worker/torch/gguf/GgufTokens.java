package io.anyserve.worker.torch.gguf;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tokens of a file by id, and what each is.
 *
 * @param types by id, as the file numbers them
 */
record GgufTokens(GgufMetadata metadata, List<String> texts, List<Integer> types) {

  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;

  static GgufTokens of(GgufMetadata metadata) {
    List<String> texts = metadata.strings(TOKENS);
    List<Integer> types = Arrays.stream(metadata.integers(TYPES)).boxed().toList();
    if (texts.isEmpty()) {
      throw metadata.wrong(TOKENS, "0 elements", "tokens");
    }
    if (types.size() != texts.size()) {
      throw metadata.wrong(TYPES, types.size() + " elements", texts.size() + ", as " + TOKENS);
    }
    for (int type : types) {
      if (type < NORMAL || type > BYTE) {
        throw metadata.wrong(TYPES, Integer.toString(type), "1 to 6");
      }
    }
    var tokens = new GgufTokens(metadata, texts, types);
    tokens.refuseRepeated();
    return tokens;
  }

  private void refuseRepeated() {
    Set<String> known = new HashSet<>();
    for (int id = 0; id < size(); id++) {
      if (!isUnused(id) && (text(id).isEmpty() || !known.add(text(id)))) {
        String found = id + " is \"" + text(id) + "\"";
        throw metadata.wrong(TOKENS, found, "texts, each of one token");
      }
    }
  }

  int size() {
    return texts.size();
  }

  String text(int id) {
    return texts.get(id);
  }

  /** Whether it stands for no text: written by templates and models only. */
  boolean isSpecial(int id) {
    return types.get(id) == CONTROL || types.get(id) == UNKNOWN;
  }

  /** Whether texts are searched for it before anything else is done to them. */
  boolean isAdded(int id) {
    return isSpecial(id) || types.get(id) == USER_DEFINED;
  }

  /** Whether the id only fills the table. */
  boolean isUnused(int id) {
    return types.get(id) == UNUSED;
  }

  /** Whether it is text that others may be merged to. */
  boolean isText(int id) {
    return types.get(id) == NORMAL || types.get(id) == USER_DEFINED;
  }

  /** The id under a key, which must be one of these. */
  Optional<Integer> id(String key) {
    if (!metadata.has(key)) {
      return Optional.empty();
    }
    int id = metadata.integer(key, 0);
    if (id >= size()) {
      throw metadata.wrong(key, Integer.toString(id), "0 to " + (size() - 1));
    }
    return Optional.of(id);
  }

  /** The text of the token under a key, empty where there is none. */
  String named(String key) {
    return id(key).map(this::text).orElse("");
  }
}
