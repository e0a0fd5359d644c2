package io.anyserve.worker.torch.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * BPE of SentencePiece: spaces are written as U+2581, characters without a token as their bytes.
 * The metadata has scores instead of merges: two tokens are merged when the text of both is a
 * token, and the one with the highest score first. The rule is the one by which transformers
 * converts such models.
 */
record SentencePieceTokenizer(GgufMetadata metadata, GgufTokens tokens) {

  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String PREFIX = "tokenizer.ggml.add_space_prefix";
  private static final String UNKNOWN = "tokenizer.ggml.unknown_token_id";
  private static final String SPACE = "\u2581";

  private record Merge(int left, int right, float score) {}

  void addTo(ObjectNode root) {
    boolean prefix = metadata.flag(PREFIX, true);
    ArrayNode normalizers =
        root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (prefix) {
      normalizers.addObject().put("type", "Prepend").put("prepend", SPACE);
    }
    replace(normalizers.addObject(), " ", SPACE);
    root.putNull("pre_tokenizer");
    ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
    replace(decoders.addObject(), SPACE, " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (prefix) {
      decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    model(root.putObject("model"));
  }

  private static void replace(ObjectNode step, String found, String replacement) {
    step.put("type", "Replace").put("content", replacement);
    step.putObject("pattern").put("String", found);
  }

  private void model(ObjectNode model) {
    model.put("type", "BPE").putNull("dropout").put("fuse_unk", true).put("byte_fallback", true);
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("ignore_merges", false);
    String unknown = tokens.named(UNKNOWN);
    if (unknown.isEmpty()) {
      model.putNull("unk_token");
    } else {
      model.put("unk_token", unknown);
    }
    GgufTokenizer.vocabulary(model.putObject("vocab"), tokens);
    ArrayNode merges = model.putArray("merges");
    for (Merge merge : merges()) {
      merges.addArray().add(tokens.text(merge.left)).add(tokens.text(merge.right));
    }
  }

  private List<Merge> merges() {
    float[] scores = metadata.floats(SCORES);
    if (scores.length != tokens.size()) {
      throw metadata.wrong(SCORES, scores.length + " elements", tokens.size() + ", one a token");
    }
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      if (tokens.isText(id)) {
        ids.put(tokens.text(id), id);
      }
    }
    List<Merge> merges = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      if (tokens.isText(id)) {
        merges.addAll(merges(tokens.text(id), scores[id], ids));
      }
    }
    merges.sort(
        Comparator.comparingDouble(Merge::score)
            .thenComparingInt(merge -> tokens.text(merge.left).length())
            .thenComparingInt(merge -> tokens.text(merge.right).length())
            .reversed());
    return merges;
  }

  /** The ways in which two tokens make this one. */
  private static List<Merge> merges(String token, float score, Map<String, Integer> ids) {
    List<Merge> merges = new ArrayList<>();
    for (int cut = 1; cut < token.length(); cut++) {
      Integer left = ids.get(token.substring(0, cut));
      Integer right = ids.get(token.substring(cut));
      if (left != null && right != null) {
        merges.add(new Merge(left, right, score));
      }
    }
    merges.sort(Comparator.comparingInt(Merge::left).thenComparingInt(Merge::right));
    return merges;
  }
}
