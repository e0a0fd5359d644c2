package io.anyserve.contracts.codec;

import com.google.protobuf.UnsafeByteOperations;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.v1.ChunkBatch;
import io.anyserve.v1.RequestChunk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Records of the topic {@code tokens}: the key is the request id, the value a TokenEvent; or there
 * is no key, and the value is a ChunkBatch.
 */
public final class TokenCodec {

  private static final long NANOS_PER_MICRO = 1_000;

  private TokenCodec() {}

  /** The record's value. */
  public static byte[] encode(TokenRecord record) {
    var message =
        io.anyserve.v1.TokenEvent.newBuilder()
            .setAttempt(record.attempt())
            .setExecutionId(record.executionId());
    switch (record.event()) {
      case Started started -> message.setStarted(write(started));
      case Chunk chunk -> message.setChunk(write(chunk));
      case Finished finished -> message.setFinished(write(finished));
      case Failed failed -> message.setFailed(write(failed));
      case Cancelled cancelled -> message.setCancelled(write(cancelled));
      case TokenEvent.DuplicateSubmission duplicate -> message.setDuplicate(write(duplicate));
      case Released released ->
          message.setReleased(
              io.anyserve.v1.Released.newBuilder()
                  .setReason(released.reason())
                  .setRepublished(released.republished()));
    }
    return message.build().toByteArray();
  }

  /**
   * The value of a record without key.
   *
   * @param chunks of different requests
   */
  public static byte[] encodeBatch(List<TokenRecord> chunks) {
    var message = ChunkBatch.newBuilder();
    for (TokenRecord record : chunks) {
      message.addChunks(
          RequestChunk.newBuilder()
              .setAttempt(record.attempt())
              .setExecutionId(record.executionId())
              .setChunk(write((Chunk) record.event()))
              .setRequestId(UnsafeByteOperations.unsafeWrap(record.request().bytes())));
    }
    return message.build().toByteArray();
  }

  /**
   * The events of a record, whether it holds one or a batch.
   *
   * @throws MalformedRecordException where any of it is not as it should be
   */
  public static List<TokenRecord> decodeAll(byte @Nullable [] key, byte @Nullable [] value) {
    return decodeAll(key, value, _ -> true);
  }

  /**
   * The events of a record that belong to these requests.
   *
   * @throws MalformedRecordException where any of that is not as it should be
   */
  public static List<TokenRecord> decodeAll(
      byte @Nullable [] key, byte @Nullable [] value, Predicate<RequestId> wanted) {
    if (key == null) {
      return ProtobufParser.read(
          "chunk batch", value, ChunkBatch.parser(), batch -> read(batch, wanted));
    }
    return wanted.test(request(key)) ? List.of(decode(key, value)) : List.of();
  }

  private static List<TokenRecord> read(ChunkBatch batch, Predicate<RequestId> wanted) {
    if (batch.getChunksCount() == 0) {
      throw ProtobufParser.unset("chunks");
    }
    List<TokenRecord> records = new ArrayList<>(batch.getChunksCount());
    for (RequestChunk chunk : batch.getChunksList()) {
      RequestId request = RequestId.of(chunk.getRequestId().toByteArray());
      if (!chunk.hasChunk()) {
        throw ProtobufParser.unset("chunk");
      }
      if (wanted.test(request)) {
        records.add(
            new TokenRecord(
                request, chunk.getAttempt(), chunk.getExecutionId(), read(chunk.getChunk())));
      }
    }
    return records;
  }

  /**
   * A record of one event.
   *
   * @throws MalformedRecordException where it is not as it should be
   */
  public static TokenRecord decode(byte @Nullable [] key, byte @Nullable [] value) {
    RequestId request = request(key);
    return ProtobufParser.read(
        "token event",
        value,
        io.anyserve.v1.TokenEvent.parser(),
        message -> {
          TokenEvent event = read(message);
          return new TokenRecord(request, message.getAttempt(), message.getExecutionId(), event);
        });
  }

  private static RequestId request(byte @Nullable [] key) {
    if (key == null || key.length != RequestId.BYTES) {
      throw new MalformedRecordException(
          "key: " + (key == null ? "none" : key.length + " bytes") + " (expected: 16 bytes)");
    }
    return RequestId.of(key);
  }

  private static TokenEvent read(io.anyserve.v1.TokenEvent message) {
    return switch (message.getEventCase()) {
      case STARTED -> read(message.getStarted());
      case CHUNK -> read(message.getChunk());
      case FINISHED -> read(message.getFinished());
      case FAILED -> read(message.getFailed());
      case CANCELLED -> read(message.getCancelled());
      case DUPLICATE -> read(message.getDuplicate());
      case RELEASED ->
          new Released(message.getReleased().getReason(), message.getReleased().getRepublished());
      case EVENT_NOT_SET -> throw ProtobufParser.unset("event");
    };
  }

  private static io.anyserve.v1.Started write(Started started) {
    var message =
        io.anyserve.v1.Started.newBuilder()
            .setContext(RequestCodec.write(started.context()))
            .setWorker(started.worker().value())
            .setCapability(started.capability().value())
            .setModel(started.model())
            .setPromptTokens(started.promptTokens())
            .setInputBytes(started.inputBytes())
            .setDelegated(started.delegated())
            .setAgain(started.again());
    started.source().ifPresent(source -> message.setSource(write(source)));
    return message.build();
  }

  private static Started read(io.anyserve.v1.Started message) {
    return new Started(
        RequestCodec.read(message.getContext()),
        new WorkerId(message.getWorker()),
        new Capability(message.getCapability()),
        message.getModel(),
        message.getPromptTokens(),
        message.getInputBytes(),
        message.getDelegated(),
        message.hasSource() ? Optional.of(read(message.getSource())) : Optional.empty(),
        message.getAgain());
  }

  static io.anyserve.v1.LogPosition write(TopicOffset position) {
    return io.anyserve.v1.LogPosition.newBuilder()
        .setTopic(position.topic())
        .setPartition(position.partition())
        .setOffset(position.offset())
        .build();
  }

  static TopicOffset read(io.anyserve.v1.LogPosition message) {
    return new TopicOffset(message.getTopic(), message.getPartition(), message.getOffset());
  }

  private static io.anyserve.v1.Chunk write(Chunk chunk) {
    var message =
        io.anyserve.v1.Chunk.newBuilder()
            .setSequence(chunk.sequence())
            .setText(chunk.text())
            .setReasoning(chunk.delta().reasoning());
    if (!chunk.delta().toolCalls().isEmpty()) {
      message.addAllToolCalls(ChatCodec.write(chunk.delta().toolCalls()));
    }
    for (int i = 0; i < chunk.tokens().size(); i++) {
      message.addTokenIds(chunk.tokens().get(i));
    }
    chunk.payload().ifPresent(payload -> message.setPayload(PayloadCodec.write(payload)));
    if (!chunk.logprobs().isEmpty()) {
      message.addAllLogprobs(LogprobsCodec.write(chunk.logprobs()));
    }
    return message.build();
  }

  private static Chunk read(io.anyserve.v1.Chunk message) {
    if (message.getSequence() < 0) {
      throw new IllegalArgumentException(
          "sequence: " + message.getSequence() + " (expected: >= 0)");
    }
    int[] ids = IntStream.range(0, message.getTokenIdsCount()).map(message::getTokenIds).toArray();
    return new Chunk(
        message.getSequence(),
        TokenIds.of(ids),
        ChatCodec.delta(message.getText(), message.getReasoning(), message.getToolCallsList()),
        message.hasPayload()
            ? Optional.of(PayloadCodec.read(message.getPayload()))
            : Optional.empty(),
        LogprobsCodec.read(message.getLogprobsList()));
  }

  static io.anyserve.v1.Finished write(Finished finished) {
    var message =
        io.anyserve.v1.Finished.newBuilder()
            .setReason(EnumCodec.write(finished.reason()))
            .setUsage(write(finished.usage()))
            .setEngineMicros(finished.engineTime().toNanos() / NANOS_PER_MICRO);
    finished.output().ifPresent(output -> message.setOutput(PayloadCodec.write(output)));
    return message.build();
  }

  static Finished read(io.anyserve.v1.Finished message) {
    return new Finished(
        EnumCodec.read(message.getReason()),
        read(message.getUsage()),
        message.hasOutput()
            ? Optional.of(PayloadCodec.read(message.getOutput()))
            : Optional.empty(),
        Duration.ofNanos(Math.multiplyExact(message.getEngineMicros(), NANOS_PER_MICRO)));
  }

  static io.anyserve.v1.Failed write(Failed failed) {
    var message =
        io.anyserve.v1.Failed.newBuilder()
            .setCode(failed.failure().code().name())
            .setMessage(failed.failure().message())
            .setUsage(write(failed.usage()));
    failed.context().ifPresent(context -> message.setContext(RequestCodec.write(context)));
    return message.build();
  }

  static Failed read(io.anyserve.v1.Failed message) {
    return new Failed(
        FailureCodec.read(message.getCode(), message.getMessage()),
        read(message.getUsage()),
        context(message.hasContext(), message.getContext()));
  }

  static io.anyserve.v1.Cancelled write(Cancelled cancelled) {
    var message =
        io.anyserve.v1.Cancelled.newBuilder()
            .setReason(EnumCodec.write(cancelled.reason()))
            .setUsage(write(cancelled.usage()));
    cancelled.context().ifPresent(context -> message.setContext(RequestCodec.write(context)));
    return message.build();
  }

  static Cancelled read(io.anyserve.v1.Cancelled message) {
    return new Cancelled(
        EnumCodec.read(message.getReason()),
        read(message.getUsage()),
        context(message.hasContext(), message.getContext()));
  }

  private static io.anyserve.v1.Duplicate write(TokenEvent.DuplicateSubmission duplicate) {
    return io.anyserve.v1.Duplicate.newBuilder()
        .setReply(RequestCodec.write(duplicate.reply()))
        .setDigest(RequestCodec.digest(duplicate.digest()))
        .setContext(RequestCodec.write(duplicate.context()))
        .build();
  }

  private static TokenEvent.DuplicateSubmission read(io.anyserve.v1.Duplicate message) {
    return new TokenEvent.DuplicateSubmission(
        RequestCodec.read(message.getReply()),
        RequestCodec.digest(message.getDigest()),
        RequestCodec.read(message.getContext()));
  }

  public static io.anyserve.v1.TokenUsage write(TokenUsage usage) {
    return io.anyserve.v1.TokenUsage.newBuilder()
        .setPromptTokens(usage.prompt())
        .setCompletionTokens(usage.completion())
        .setCachedTokens(usage.cached())
        .build();
  }

  public static TokenUsage read(io.anyserve.v1.TokenUsage message) {
    return new TokenUsage(
        message.getPromptTokens(), message.getCompletionTokens(), message.getCachedTokens());
  }

  private static Optional<RequestContext> context(
      boolean present, io.anyserve.v1.RequestContext message) {
    return present ? Optional.of(RequestCodec.read(message)) : Optional.empty();
  }
}
