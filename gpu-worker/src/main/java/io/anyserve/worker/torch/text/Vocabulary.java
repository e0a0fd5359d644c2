package io.anyserve.worker.torch.text;

import com.google.protobuf.ByteString;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.TokenizerFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bytes that each token stands for, read from the {@code tokenizer.json} of a BPE over bytes,
 * or of one that falls back to bytes.
 *
 * <p>Special tokens stand for no bytes. So do ids without a token, which padded vocabularies have.
 */
public final class Vocabulary {

  private static final byte[] NONE = {};
  private static final int MAX_ID = 10_000_000;

  private final byte[][] bytes;
  private final Map<String, Integer> special;
  private final Map<Integer, ByteString> names;
  private final boolean spaceFirst;

  private Vocabulary(byte[][] bytes, Map<String, Integer> special, boolean spaceFirst) {
    this.bytes = bytes;
    this.spaceFirst = spaceFirst;
    this.special = Map.copyOf(special);
    this.names = new HashMap<>();
    special.forEach((name, id) -> names.put(id, ByteString.copyFromUtf8(name)));
  }

  public static Vocabulary read(TokenizerFile file) {
    try (JsonParser json = JsonMapper.shared().createParser(file.json())) {
      return new Reader(file.source()).read(json);
    } catch (JacksonException e) {
      String message = InvalidModelException.printable(String.valueOf(e.getMessage()));
      throw new InvalidModelException(file.source(), "not JSON: " + message, "a tokenizer", e);
    }
  }

  /** One more than the highest id. */
  public int size() {
    return bytes.length;
  }

  /** The UTF-8 bytes of a token, possibly a part of a character; not to be changed. */
  public byte[] bytes(int token) {
    return token < bytes.length ? bytes[token] : NONE;
  }

  /** The bytes of a token, or the name of a special one; empty for an id without a token. */
  public ByteString piece(int token) {
    ByteString name = names.get(token);
    return name == null ? ByteString.copyFrom(bytes(token)) : name;
  }

  /** Whether it stands for no bytes but has a name. */
  boolean isSpecial(int token) {
    return names.containsKey(token);
  }

  /** The id of a special token, which must exist. */
  int special(String token) {
    Integer id = special.get(token);
    if (id == null) {
      throw new IllegalArgumentException("special token: " + token + " (expected: a known one)");
    }
    return id;
  }

  /** The length of the longest token: bytes, or characters of a special one; at least 1. */
  int longest() {
    int ordinary = Arrays.stream(bytes).mapToInt(token -> token.length).max().orElse(1);
    int ofSpecial = special.keySet().stream().mapToInt(String::length).max().orElse(1);
    return Math.max(1, Math.max(ordinary, ofSpecial));
  }

  /** Whether a space is put before every text that is encoded. */
  boolean spaceFirst() {
    return spaceFirst;
  }

  /** The special tokens by their text. */
  public Map<String, Integer> special() {
    return special;
  }

  /** Walks the file once, without building a tree of its hundreds of thousands of entries. */
  private static final class Reader {

    private final Path file;
    private final Map<String, Integer> special = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final Set<String> decoders = new HashSet<>();

    Reader(Path file) {
      this.file = file;
    }

    Vocabulary read(JsonParser json) {
      expect(json, JsonToken.START_OBJECT, "root");
      List<AddedToken> added = List.of();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "added_tokens" -> added = addedTokens(json);
          case "model" -> model(json);
          case "decoder" -> decoder(json);
          default -> json.skipChildren();
        }
      }
      TokenSpelling spelling = spelling();
      if (tokens.isEmpty()) {
        throw new InvalidModelException(file, "model.vocab: missing or empty", "tokens");
      }
      List<byte[]> bytes = new ArrayList<>();
      tokens.forEach(token -> bytes.add(spelling.bytes(token)));
      for (AddedToken token : added) {
        byte[] value = token.special ? NONE : spelling.added(token.content);
        grown(bytes, token.id, NONE).set(token.id, value);
        if (token.special) {
          special.put(token.content, token.id);
        }
      }
      return new Vocabulary(bytes.toArray(byte[][]::new), special, decoders.contains("Strip"));
    }

    private TokenSpelling spelling() {
      if (decoders.contains("ByteLevel")) {
        return TokenSpelling.BYTE_LEVEL;
      }
      if (decoders.contains("ByteFallback")) {
        return TokenSpelling.BYTE_FALLBACK;
      }
      throw new InvalidModelException(
          file, "decoder: of another type", "ByteLevel, or ByteFallback");
    }

    private record AddedToken(int id, String content, boolean special) {}

    private List<AddedToken> addedTokens(JsonParser json) {
      expect(json, JsonToken.START_ARRAY, "added_tokens");
      List<AddedToken> tokens = new ArrayList<>();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        tokens.add(addedToken(json));
      }
      return tokens;
    }

    private AddedToken addedToken(JsonParser json) {
      int id = -1;
      String content = "";
      boolean isSpecial = false;
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
        JsonToken value = json.nextToken();
        switch (key) {
          case "id" -> id = id(json);
          case "content" -> content = String.valueOf(json.getValueAsString());
          case "special" -> isSpecial = value == JsonToken.VALUE_TRUE;
          default -> json.skipChildren();
        }
      }
      if (id < 0 || content.isEmpty()) {
        throw new InvalidModelException(
            file, "added_tokens: id " + id + ", content of " + content.length(), "id and content");
      }
      return new AddedToken(id, content, isSpecial);
    }

    private void model(JsonParser json) {
      expect(json, JsonToken.START_OBJECT, "model");
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
        JsonToken value = json.nextToken();
        if (key.equals("vocab") && value == JsonToken.START_OBJECT) {
          vocabulary(json);
        } else {
          json.skipChildren();
        }
      }
    }

    private void vocabulary(JsonParser json) {
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String token = json.currentName();
        json.nextToken();
        int id = id(json);
        grown(tokens, id, "").set(id, token);
      }
    }

    /** The types of the decoder's steps, or of the only one. */
    private void decoder(JsonParser json) {
      int depth = 0;
      JsonToken token = json.currentToken();
      do {
        if (token == null) {
          return;
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.VALUE_STRING && "type".equals(json.currentName())) {
          decoders.add(json.getString());
        }
      } while (depth > 0 && (token = json.nextToken()) != null);
    }

    private int id(JsonParser json) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getLongValue() < 0
          || json.getLongValue() > MAX_ID) {
        throw new InvalidModelException(
            file, "token id: " + json.getValueAsString(), "an integer from 0 to " + MAX_ID);
      }
      return json.getIntValue();
    }

    /** The list, long enough for the id. */
    private static <T> List<T> grown(List<T> list, int id, T filling) {
      while (list.size() <= id) {
        list.add(filling);
      }
      return list;
    }

    private void expect(JsonParser json, JsonToken wanted, String where) {
      JsonToken found = json.currentToken() == null ? json.nextToken() : json.currentToken();
      if (found != wanted) {
        throw new InvalidModelException(file, where + ": " + found, wanted.toString());
      }
    }
  }
}
