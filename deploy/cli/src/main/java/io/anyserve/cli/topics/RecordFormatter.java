package io.anyserve.cli.topics;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.util.JsonFormat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.v1.ChunkBatch;
import io.anyserve.v1.InferenceRequest;
import io.anyserve.v1.LedgerEntry;
import io.anyserve.v1.TokenEvent;
import io.anyserve.v1.WorkerHeartbeat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record's bytes for people: text, or the message that its topic holds, or else hexadecimal. */
final class RecordFormatter {

  private RecordFormatter() {}

  static String of(TopicNames topics, DlqRecord letter) {
    byte @Nullable [] value = letter.record().value();
    if (value == null) {
      return "none";
    }
    return text(value)
        .or(() -> parser(topics, letter).flatMap(parser -> message(parser, value)))
        .orElseGet(() -> value.length + " bytes: " + HexFormat.of().formatHex(value));
  }

  /** Readable text, or hexadecimal digits. */
  static String of(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "none";
    }
    return text(bytes).orElseGet(() -> HexFormat.of().formatHex(bytes));
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.chars().allMatch(RecordFormatter::readable)
          ? Optional.of(text)
          : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean readable(int character) {
    return !Character.isISOControl(character) || Character.isWhitespace(character);
  }

  private static Optional<Parser<? extends Message>> parser(TopicNames topics, DlqRecord letter) {
    String topic = letter.topic();
    if (topic.equals(topics.intake()) || topic.startsWith(topics.prefix() + "requests.")) {
      return Optional.of(InferenceRequest.parser());
    }
    if (topic.equals(topics.tokens())) {
      return Optional.of(letter.record().key() == null ? ChunkBatch.parser() : TokenEvent.parser());
    }
    if (topic.equals(topics.usage())) {
      return Optional.of(LedgerEntry.parser());
    }
    return topic.equals(topics.workers())
        ? Optional.of(WorkerHeartbeat.parser())
        : Optional.empty();
  }

  private static Optional<String> message(Parser<? extends Message> parser, byte[] value) {
    try {
      return Optional.of(JsonFormat.printer().print(parser.parseFrom(value)));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
