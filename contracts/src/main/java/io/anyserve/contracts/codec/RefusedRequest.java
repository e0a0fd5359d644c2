package io.anyserve.contracts.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a request of which {@link RequestCodec#decode} takes nothing.
 *
 * @param replyPartition as the request names it: it may not exist
 * @param context with what is implausible left out
 */
public record RefusedRequest(RequestId id, int replyPartition, RequestContext context) {

  /**
   * Empty where id, tenant, session or capability cannot be read.
   *
   * @param at when the request was written, by the log's clock
   */
  public static Optional<RefusedRequest> of(byte @Nullable [] bytes, Instant at) {
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      var message = io.anyserve.v1.InferenceRequest.parseFrom(bytes);
      return Optional.of(
          new RefusedRequest(
              RequestId.of(message.getRequestId().toByteArray()),
              message.getReply().getPartition(),
              AdmissionRules.plausible(context(message.getContext()), at)));
    } catch (InvalidProtocolBufferException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The id alone; empty where not even that can be read. */
  public static Optional<RequestId> id(byte[] bytes) {
    try {
      var message = io.anyserve.v1.InferenceRequest.parseFrom(bytes);
      return Optional.of(RequestId.of(message.getRequestId().toByteArray()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static RequestContext context(io.anyserve.v1.RequestContext message) {
    try {
      return RequestCodec.read(message);
    } catch (IllegalArgumentException e) {
      return withoutLabels(message);
    }
  }

  private static RequestContext withoutLabels(io.anyserve.v1.RequestContext message) {
    return new RequestContext(
        new TenantId(message.getTenant()),
        new SessionId(message.getSession()),
        message.getApiKey(),
        new Capability(message.getCapability()),
        Map.of(),
        Instant.ofEpochMilli(message.getAcceptedAt()),
        RequestCodec.resultFormat(message),
        message.getReserved());
  }
}
