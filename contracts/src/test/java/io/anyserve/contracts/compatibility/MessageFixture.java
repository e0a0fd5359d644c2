package io.anyserve.contracts.compatibility;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message as an earlier version wrote it: its bytes, and the same in JSON for people and for
 * readers of JSON.
 *
 * @param name the message's, a slash, and which of its samples it is
 * @param binary base64
 */
record MessageFixture(String name, String binary, JsonNode json) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  static MessageFixture of(String name, Message message) {
    return new MessageFixture(
        name, Base64.getEncoder().encodeToString(message.toByteArray()), json(message));
  }

  static JsonNode json(Message message) {
    try {
      return JSON.readTree(JsonFormat.printer().print(message));
    } catch (IOException e) {
      throw new IllegalArgumentException("message: " + message + " (expected: one with JSON)", e);
    }
  }

  String message() {
    return name.substring(0, name.indexOf('/'));
  }

  byte[] bytes() {
    return Base64.getDecoder().decode(binary);
  }

  /** All of a file beside the tests. */
  static List<MessageFixture> read(String file) {
    return List.of(JSON.readValue(resource(file), MessageFixture[].class));
  }

  static byte[] resource(String file) {
    try (InputStream in = MessageFixture.class.getResourceAsStream("/fixtures/" + file)) {
      if (in == null) {
        throw new IllegalStateException("fixtures/" + file + ": none (expected: a test resource)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("fixtures/" + file + " cannot be read", e);
    }
  }

  static void write(Path file, List<MessageFixture> fixtures) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(fixtures) + "\n");
  }

  @Override
  public String toString() {
    return name;
  }
}
