package io.anyserve.worker.torch.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The WordPiece tokenizer of a BERT model: its {@code tokenizer.json}, or one made of {@code
 * vocab.txt} where there is none of that kind.
 *
 * @param source the file that the tokens are from
 * @param json a {@code tokenizer.json} for the tokenizers library, without the special tokens, so
 *     that no text spells one: words are split at brackets
 * @param size one more than the highest id
 * @param special the special tokens by their text
 * @param longestWord characters of a word; a longer one is one unknown token
 */
public record WordPieceFile(
    Path source, String json, int size, Map<String, Integer> special, int longestWord) {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String SETTINGS = "tokenizer_config.json";
  private static final String BEGIN = "[CLS]";
  private static final String END = "[SEP]";
  private static final String UNKNOWN = "[UNK]";
  private static final List<String> SPECIAL = List.of("[PAD]", UNKNOWN, BEGIN, END, "[MASK]");
  private static final int LONGEST_WORD = 100;
  private static final int MAX_ID = 10_000_000;

  /** Reads the tokenizer of a model folder. */
  public static WordPieceFile read(Path folder) {
    Path tokenizer = folder.resolve(TOKENIZER);
    Path vocabulary = folder.resolve(VOCABULARY);
    if (Files.exists(tokenizer)) {
      JsonFile json = JsonFile.read(tokenizer);
      String kind = json.object("model").optionalText("type").orElse("WordPiece");
      if (kind.equals("WordPiece")) {
        return ofTokenizer(json);
      }
      if (!Files.exists(vocabulary)) {
        throw new InvalidModelException(
            tokenizer, "model.type: " + InvalidModelException.printable(kind), "WordPiece");
      }
    }
    return ofVocabulary(folder, vocabulary);
  }

  /** The token before every text. */
  public int begin() {
    return id(BEGIN);
  }

  /** The token behind every text. */
  public int end() {
    return id(END);
  }

  private int id(String token) {
    return special.getOrDefault(token, -1);
  }

  private static WordPieceFile ofTokenizer(JsonFile json) {
    kind(json, "normalizer", "BertNormalizer");
    kind(json, "pre_tokenizer", "BertPreTokenizer");
    JsonFile model = json.object("model");
    JsonFile vocabulary = model.object("vocab");
    Map<String, Integer> ids = new HashMap<>();
    for (String token : vocabulary.root().propertyNames()) {
      ids.put(token, id(vocabulary, token));
    }
    Map<String, Integer> special = new HashMap<>();
    for (JsonNode added : json.root().path("added_tokens")) {
      JsonFile token = new JsonFile(json.file(), added);
      ids.put(token.text("content"), id(token, "id"));
      if (token.flag("special", false)) {
        special.put(token.text("content"), id(token, "id"));
      }
    }
    int longestWord = model.positive("max_input_chars_per_word", LONGEST_WORD);
    return of(json.file(), forOrdinaryText(json.root()), ids, special, longestWord);
  }

  /** Without what is done to whole prompts: special tokens, padding and truncation. */
  private static String forOrdinaryText(JsonNode tokenizer) {
    ObjectNode copy = (ObjectNode) tokenizer.deepCopy();
    copy.putNull("truncation").putNull("padding").putNull("post_processor");
    ArrayNode added = copy.putArray("added_tokens");
    tokenizer
        .path("added_tokens")
        .valueStream()
        .filter(token -> !token.path("special").asBoolean(false))
        .forEach(added::add);
    return copy.toString();
  }

  private static void kind(JsonFile json, String part, String expected) {
    String type = json.object(part).text("type");
    if (!type.equals(expected)) {
      throw new InvalidModelException(
          json.file(), part + ": " + InvalidModelException.printable(type), expected);
    }
  }

  private static int id(JsonFile json, String key) {
    return json.required(
            key,
            node -> node.isIntegralNumber() && node.asInt(-1) >= 0 && node.asInt(-1) <= MAX_ID,
            "an integer from 0 to " + MAX_ID)
        .intValue();
  }

  /** One token a line, its id the number of the line. */
  private static WordPieceFile ofVocabulary(Path folder, Path file) {
    List<String> tokens = lines(file);
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    Map<String, Integer> special = new HashMap<>();
    SPECIAL.stream().filter(ids::containsKey).forEach(token -> special.put(token, ids.get(token)));
    return of(file, tokenizer(normalizer(folder), ids), ids, special, LONGEST_WORD);
  }

  private static List<String> lines(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidModelException(
          file, "no such file", "a vocabulary, or a " + TOKENIZER + " of the kind WordPiece");
    }
    try {
      return Files.readString(file, UTF_8).lines().toList();
    } catch (CharacterCodingException e) {
      throw new InvalidModelException(file, "malformed bytes", "UTF-8", e);
    } catch (IOException e) {
      throw new InvalidModelException(file, "unreadable: " + e.getMessage(), "a vocabulary", e);
    }
  }

  private static WordPieceFile of(
      Path source,
      String json,
      Map<String, Integer> ids,
      Map<String, Integer> special,
      int longestWord) {
    for (String token : List.of(BEGIN, END, UNKNOWN)) {
      if (!special.containsKey(token)) {
        throw new InvalidModelException(source, token + ": missing", "a special token");
      }
    }
    int highest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    return new WordPieceFile(source, json, highest + 1, Map.copyOf(special), longestWord);
  }

  /** What BERT does to texts, with the switches of {@code tokenizer_config.json}. */
  private static ObjectNode normalizer(Path folder) {
    ObjectNode normalizer = JsonMapper.shared().createObjectNode();
    normalizer.put("type", "BertNormalizer").put("clean_text", true);
    Path file = folder.resolve(SETTINGS);
    JsonFile settings =
        Files.exists(file)
            ? JsonFile.read(file)
            : new JsonFile(file, JsonMapper.shared().createObjectNode());
    settings.only("do_basic_tokenize", List.of("true"));
    normalizer.put("handle_chinese_chars", settings.flag("tokenize_chinese_chars", true));
    normalizer.put("lowercase", settings.flag("do_lower_case", true));
    if (settings.has("strip_accents")) {
      normalizer.put("strip_accents", settings.flag("strip_accents", false));
    } else {
      normalizer.putNull("strip_accents");
    }
    return normalizer;
  }

  private static String tokenizer(ObjectNode normalizer, Map<String, Integer> ids) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding").putArray("added_tokens");
    root.set("normalizer", normalizer);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    root.putNull("post_processor");
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", UNKNOWN);
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", LONGEST_WORD);
    ObjectNode vocabulary = model.putObject("vocab");
    ids.forEach(vocabulary::put);
    return root.toString();
  }
}
