package io.anyserve.contracts.codec;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Requests on {@code intake} and {@code requests.<capability>}. */
public final class RequestCodec {

  private RequestCodec() {}

  public static byte[] encode(InferenceRequest request) {
    return write(request).toByteArray();
  }

  /**
   * What became of a record, with the fields in it that only a newer version knows. Throws {@link
   * MalformedRecordException}.
   */
  public static byte[] encode(InferenceRequest request, byte[] received) {
    return ProtobufParser.read(
        "request",
        received,
        io.anyserve.v1.InferenceRequest.parser(),
        from -> {
          var message = write(request).toBuilder();
          UnknownFields.carry(from, message);
          return message.build().toByteArray();
        });
  }

  /** Throws {@link MalformedRecordException}. */
  public static InferenceRequest decode(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "request", bytes, io.anyserve.v1.InferenceRequest.parser(), RequestCodec::read);
  }

  static io.anyserve.v1.InferenceRequest write(InferenceRequest request) {
    RoutingMetadata routing = request.routing();
    var message =
        io.anyserve.v1.InferenceRequest.newBuilder()
            .setRequestId(ByteString.copyFrom(request.id().bytes()))
            .setContext(write(request.context()))
            .setInput(PayloadCodec.write(request.input()))
            .setParameters(ParametersCodec.write(request.parameters()))
            .setReply(write(routing.reply()))
            .setPriority(EnumCodec.write(routing.priority()))
            .setEarlierAttempts(routing.earlierAttempts())
            .setKind(EnumCodec.write(request.kind()));
    routing.deadline().ifPresent(deadline -> message.setDeadline(deadline.toEpochMilli()));
    routing.delegatedFrom().forEach(from -> message.addDelegatedFrom(from.value()));
    request.tokenBudget().ifPresent(message::setTokenBudget);
    request
        .idempotency()
        .ifPresent(
            idempotency ->
                message.setIdempotency(
                    io.anyserve.v1.Idempotency.newBuilder()
                        .setNonce(idempotency.nonce())
                        .setDigest(digest(idempotency.digest()))));
    return message.build();
  }

  static InferenceRequest read(io.anyserve.v1.InferenceRequest message) {
    return new InferenceRequest(
        RequestId.of(message.getRequestId().toByteArray()),
        read(message.getContext()),
        PayloadCodec.read(message.getInput()),
        ParametersCodec.read(message.getParameters(), seed(message.getRequestId())),
        new RoutingMetadata(
            read(message.getReply()),
            message.getDeadline() == 0
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(message.getDeadline())),
            EnumCodec.read(message.getPriority()),
            message.getDelegatedFromList().stream().map(Capability::new).toList(),
            message.getEarlierAttempts()),
        message.hasIdempotency()
            ? Optional.of(
                new Idempotency(
                    message.getIdempotency().getNonce(),
                    digest(message.getIdempotency().getDigest())))
            : Optional.empty(),
        message.getTokenBudget() == 0
            ? OptionalLong.empty()
            : OptionalLong.of(message.getTokenBudget()),
        EnumCodec.read(message.getKind()));
  }

  static io.anyserve.v1.ReplyAddress write(ReplyTo address) {
    return io.anyserve.v1.ReplyAddress.newBuilder()
        .setPartition(address.partition())
        .setFromOffset(address.fromOffset())
        .build();
  }

  static ReplyTo read(io.anyserve.v1.ReplyAddress message) {
    return new ReplyTo(message.getPartition(), message.getFromOffset());
  }

  static ByteString digest(String hexadecimal) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hexadecimal));
  }

  static String digest(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  static io.anyserve.v1.RequestContext write(RequestContext context) {
    return io.anyserve.v1.RequestContext.newBuilder()
        .setTenant(context.tenant().value())
        .setSession(context.session().value())
        .setApiKey(context.apiKey())
        .setCapability(context.capability().value())
        .putAllLabels(context.labels())
        .setAcceptedAt(context.acceptedAt().toEpochMilli())
        .setAsynchronous(context.asynchronous())
        .setJsonResult(context.result() == ResultFormat.JSON)
        .setReserved(context.reserved())
        .build();
  }

  static RequestContext read(io.anyserve.v1.RequestContext message) {
    return new RequestContext(
        new TenantId(message.getTenant()),
        new SessionId(message.getSession()),
        message.getApiKey(),
        new Capability(message.getCapability()),
        message.getLabelsMap(),
        Instant.ofEpochMilli(message.getAcceptedAt()),
        resultFormat(message),
        message.getReserved());
  }

  static ResultFormat resultFormat(io.anyserve.v1.RequestContext message) {
    if (!message.getAsynchronous()) {
      return ResultFormat.NONE;
    }
    return message.getJsonResult() ? ResultFormat.JSON : ResultFormat.PROTOBUF;
  }

  /** For a request that names none: the same whenever and by whomever it is read. */
  private static long seed(ByteString request) {
    return RequestId.of(request.toByteArray()).low();
  }
}
