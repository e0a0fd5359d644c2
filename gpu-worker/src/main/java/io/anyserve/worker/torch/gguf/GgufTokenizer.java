package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.TokenizerFile;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the {@code tokenizer.json} that the tokenizers library takes of the metadata. */
final class GgufTokenizer {

  private static final String MODEL = "tokenizer.ggml.model";
  private static final String BYTE_LEVEL = "gpt2";
  private static final String SENTENCE_PIECE = "llama";

  private GgufTokenizer() {}

  static TokenizerFile of(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    GgufTokens tokens = GgufTokens.of(metadata);
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding").putNull("post_processor");
    added(root.putArray("added_tokens"), tokens);
    String model = metadata.text(MODEL);
    switch (model) {
      case BYTE_LEVEL -> new ByteLevelTokenizer(metadata, tokens).addTo(root);
      case SENTENCE_PIECE -> new SentencePieceTokenizer(metadata, tokens).addTo(root);
      default ->
          throw metadata.wrong(MODEL, model, "one of " + List.of(BYTE_LEVEL, SENTENCE_PIECE));
    }
    return new TokenizerFile(file.path(), root.toString());
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
