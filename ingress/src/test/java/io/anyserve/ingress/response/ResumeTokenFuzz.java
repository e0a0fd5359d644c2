package io.anyserve.ingress.response;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.ingress.response.ResumeTokenCodec.Position;
import io.anyserve.runtime.fuzz.ByteChoices;
import io.anyserve.runtime.fuzz.TextEdits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Every place in a stream is read from its token as it was, by its tenant alone; what was not
 * issued is no token.
 */
public final class ResumeTokenFuzz {

  private static final ResumeTokenCodec CODEC = new ResumeTokenCodec(new byte[32]);
  private static final TenantId OWNER = new TenantId("acme");
  private static final TenantId OTHER = new TenantId("other");
  private static final List<String> PIECES =
      List.of("A", "_", "-", "=", "+", "/", "\u00ff", "AAAA");

  private ResumeTokenFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    var choices = new ByteChoices(input);
    Position position = position(choices);
    String token = CODEC.issue(position, OWNER);
    require(CODEC.read(token, OWNER).equals(Optional.of(position)), position.toString());
    require(CODEC.read(token, OTHER).isEmpty(), "another tenant's: " + token);
    String edited = new TextEdits(List.of(token), PIECES).text(choices);
    CODEC.read(edited, OWNER).ifPresent(read -> require(read.equals(position), edited));
    require(CODEC.read(new String(choices.rest(), ISO_8859_1), OWNER).isEmpty(), "made up");
  }

  private static Position position(ByteChoices choices) {
    var address = new ReplyTo((int) number(choices) & Integer.MAX_VALUE, number(choices));
    var request = new RequestId(number(choices), number(choices));
    var session = new SessionId("s" + choices.below(1000));
    return choices.flag()
        ? new Position(address, request, session, progress(choices))
        : new Position(address, request, session);
  }

  private static StreamProgress progress(ByteChoices choices) {
    return new StreamProgress(
        (int) number(choices) & Integer.MAX_VALUE,
        number(choices),
        number(choices),
        number(choices),
        number(choices),
        false);
  }

  /** Not negative. */
  private static long number(ByteChoices choices) {
    byte[] bytes = choices.bytes(Long.BYTES);
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES).put(bytes);
    return number.getLong(0) >>> (1 + choices.below(Long.SIZE - 1));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
