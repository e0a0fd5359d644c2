package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.TokenizerFile;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the {@code tokenizer.json} that the tokenizers library takes of the metadata. */
final class GgufTokenizer {

  private static final String MODEL = "tokenizer.ggml.model";
  private static final String ADD_BEGIN = "tokenizer.ggml.add_bos_token";
  private static final String BYTE_LEVEL = "gpt2";
  private static final String SENTENCE_PIECE = "llama";

  private GgufTokenizer() {}

  static TokenizerFile of(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    GgufTokens tokens = GgufTokens.of(metadata);
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    added(root.putArray("added_tokens"), tokens);
    String model = metadata.text(MODEL);
    switch (model) {
      case BYTE_LEVEL -> new ByteLevelTokenizer(metadata, tokens).addTo(root);
      case SENTENCE_PIECE -> new SentencePieceTokenizer(metadata, tokens).addTo(root);
      default ->
          throw metadata.wrong(MODEL, model, "one of " + List.of(BYTE_LEVEL, SENTENCE_PIECE));
    }
    boolean begins = metadata.flag(ADD_BEGIN, model.equals(SENTENCE_PIECE) || llama3(metadata));
    tokens
        .id(GgufModel.BEGIN)
        .filter(_ -> begins)
        .ifPresentOrElse(
            id -> beginWith(tokens.text(id), id, root), () -> root.putNull("post_processor"));
    return new TokenizerFile(file.path(), root.toString());
  }

  /** Files of Llama 3 do not always say that texts begin with a token. */
  private static boolean llama3(GgufMetadata metadata) {
    return metadata.has(ByteLevelTokenizer.CUTS)
        && ByteLevelTokenizer.LLAMA3.contains(metadata.text(ByteLevelTokenizer.CUTS));
  }

  /** That token stands before a text that stands alone. */
  private static void beginWith(String token, int id, ObjectNode root) {
    ObjectNode processor = root.putObject("post_processor").put("type", "TemplateProcessing");
    begin(token, processor.putArray("single"));
    ArrayNode pair = processor.putArray("pair");
    begin(token, pair);
    pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 0);
    ObjectNode special = processor.putObject("special_tokens").putObject(token).put("id", token);
    special.putArray("ids").add(id);
    special.putArray("tokens").add(token);
  }

  private static void begin(String token, ArrayNode parts) {
    parts.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
    parts.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
  }

  /** All tokens by their text but those that only fill the table. */
  static void vocabulary(ObjectNode vocabulary, GgufTokens tokens) {
    for (int id = 0; id < tokens.size(); id++) {
      if (!tokens.isUnused(id)) {
        vocabulary.put(tokens.text(id), id);
      }
    }
  }

  private static void added(ArrayNode array, GgufTokens tokens) {
    for (int id = 0; id < tokens.size(); id++) {
      if (tokens.isAdded(id)) {
        ObjectNode token = array.addObject().put("id", id).put("content", tokens.text(id));
        token.put("single_word", false).put("lstrip", false).put("rstrip", false);
        token.put("normalized", false).put("special", tokens.isSpecial(id));
      }
    }
  }
}
