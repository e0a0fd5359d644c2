package io.anyserve.router.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.codec.RequestCodec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells submissions of one id apart by content: SHA-256, 64 hexadecimal digits. */
final class ContentDigest {

  private ContentDigest() {}

  /** Of everything that was asked for, without times: they differ between submissions. */
  static String of(InferenceRequest request) {
    MessageDigest digest = sha256();
    new TreeMap<>(request.context().labels())
        .forEach((name, value) -> digest.update((name + "\0" + value + "\0").getBytes(UTF_8)));
    return HexFormat.of().formatHex(digest.digest(RequestCodec.encode(timeless(request))));
  }

  /** Of a value that cannot be read. */
  static String of(byte @Nullable [] value) {
    return HexFormat.of().formatHex(sha256().digest(value == null ? new byte[0] : value));
  }

  private static InferenceRequest timeless(InferenceRequest request) {
    RequestContext context = request.context();
    return new InferenceRequest(
        request.id(),
        new RequestContext(
            context.tenant(),
            context.session(),
            context.apiKey(),
            context.capability(),
            Map.of(),
            Instant.EPOCH,
            context.result(),
            context.reserved()),
        timeless(request.input()),
        request.parameters(),
        new RoutingMetadata(
            request.routing().reply(),
            Optional.empty(),
            request.routing().priority(),
            List.of(),
            0));
  }

  /** How long an object is kept may depend on the deadline. */
  private static Payload timeless(Payload input) {
    return input instanceof Payload.ObjectReference(ObjectRef object)
        ? new Payload.ObjectReference(
            new ObjectRef(
                object.bucket(),
                object.key(),
                object.version(),
                object.size(),
                object.sha256(),
                object.contentType(),
                Instant.EPOCH))
        : input;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
