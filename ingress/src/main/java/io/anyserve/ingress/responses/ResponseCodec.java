package io.anyserve.ingress.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.ingress.responses.output.OutputItem;
import io.anyserve.ingress.responses.output.OutputItemCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two texts that are kept of a response, and the pieces in which messages of a conversation
 * carry them.
 *
 * <pre>
 * request:  1 PARTITION OFFSET DEADLINE SESSION LF, and the body as the client sent it
 * end:      1 STATUS PROMPT COMPLETION CACHED CODE LF, the failure's message LF, and the answer,
 *           or 2 instead of 1 and the items of the output in JSON, where there is more than text
 * </pre>
 *
 * <p>The deadline is in milliseconds since the epoch; the code is {@code -} where nothing failed.
 * Reading throws IllegalArgumentException.
 */
final class ResponseCodec {

  /** Characters of a piece: at most 192 KiB in UTF-8, below what a message takes. */
  static final int PIECE = 64 << 10;

  private static final String VERSION = "1";
  private static final String ITEMS = "2";
  private static final String NONE = "-";

  private ResponseCodec() {}

  /** The request as it is read back: where its events lie, and the client's body. */
  record Request(StoredResponse.Place place, String body) {}

  static String write(StoredResponse.Place place, byte[] body) {
    return String.join(
            " ",
            VERSION,
            Integer.toString(place.address().partition()),
            Long.toString(place.address().fromOffset()),
            Long.toString(place.deadline().toEpochMilli()),
            place.session().value())
        + "\n"
        + new String(body, UTF_8);
  }

  static Request readRequest(String text) {
    List<String> fields = fields(text, 5, Set.of(VERSION));
    var address = new ReplyTo(Integer.parseInt(fields.get(1)), Long.parseLong(fields.get(2)));
    var deadline = Instant.ofEpochMilli(Long.parseLong(fields.get(3)));
    var place = new StoredResponse.Place(address, new SessionId(fields.get(4)), deadline);
    return new Request(place, behindLine(text));
  }

  static String write(ResponseEnd end) {
    boolean text = end.output().stream().allMatch(OutputItem.Message.class::isInstance);
    return String.join(
            " ",
            text ? VERSION : ITEMS,
            end.status().text(),
            Long.toString(end.usage().prompt()),
            Long.toString(end.usage().completion()),
            Long.toString(end.usage().cached()),
            end.failure().map(failure -> failure.code().name()).orElse(NONE))
        + "\n"
        + end.failure().map(failure -> oneLine(failure.message())).orElse("")
        + "\n"
        + (text ? texts(end.output()) : OutputItemCodec.write(end.output()));
  }

  private static String texts(List<OutputItem> messages) {
    return messages.stream()
        .map(OutputItem::content)
        .collect(Collectors.joining())
        .replace('\0', '\uFFFD');
  }

  static ResponseEnd readEnd(String text) {
    List<String> fields = fields(text, 6, Set.of(VERSION, ITEMS));
    var usage =
        new TokenUsage(
            Long.parseLong(fields.get(2)),
            Long.parseLong(fields.get(3)),
            Long.parseLong(fields.get(4)));
    String rest = behindLine(text);
    String message = rest.substring(0, Math.max(0, rest.indexOf('\n')));
    Optional<Failure> failure =
        Optional.of(fields.get(5))
            .filter(code -> !code.equals(NONE))
            .map(code -> new Failure(FailureCode.valueOf(code), message));
    String answer = behindLine(rest);
    List<OutputItem> output =
        fields.getFirst().equals(ITEMS)
            ? OutputItemCodec.read(answer)
            : answer.isEmpty() ? List.of() : OutputItem.text(answer);
    return new ResponseEnd(ResponseStatus.parse(fields.get(1)), output, usage, failure);
  }

  private static List<String> fields(String text, int count, Set<String> versions) {
    String line = text.substring(0, Math.max(0, text.indexOf('\n')));
    List<String> fields = List.of(line.split(" ", -1));
    if (fields.size() != count || !versions.contains(fields.getFirst())) {
      throw new IllegalArgumentException(
          "response record: %d fields of version %s (expected: %d of version %s)"
              .formatted(fields.size(), fields.getFirst(), count, versions));
    }
    return fields;
  }

  private static String behindLine(String text) {
    return text.substring(text.indexOf('\n') + 1);
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}", " ");
  }

  /** In order, at least one; no character is cut. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(text.length(), from + PIECE);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
      pieces.add(text.substring(from, to));
      from = to;
    } while (from < text.length());
    return pieces;
  }
}
