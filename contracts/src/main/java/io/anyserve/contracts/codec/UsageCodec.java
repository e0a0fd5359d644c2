package io.anyserve.contracts.codec;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.LedgerEntry.Times;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records of {@code usage}, {@code usage.sessions} and {@code results}. */
public final class UsageCodec {

  private static final long NANOS_PER_MICRO = 1_000;

  private UsageCodec() {}

  public static byte[] encode(LedgerEntry entry) {
    return write(entry).toByteArray();
  }

  public static io.anyserve.v1.LedgerEntry write(LedgerEntry entry) {
    Times times = entry.times();
    var message =
        io.anyserve.v1.LedgerEntry.newBuilder()
            .setRequestId(entry.request().toString())
            .setContext(RequestCodec.write(entry.context()))
            .setCapability(entry.servedBy().capability())
            .setModel(entry.servedBy().model())
            .setWorker(entry.servedBy().worker())
            .setAttempts(entry.servedBy().attempts())
            .setDelegated(entry.servedBy().delegated())
            .setOutcome(EnumCodec.write(entry.outcome()))
            .setCode(entry.code())
            .setUsage(TokenCodec.write(entry.usage()))
            .setChunks(entry.chunks())
            .setBytesIn(entry.volume().in())
            .setBytesOut(entry.volume().out())
            .setEngineMicros(entry.engineTime().toNanos() / NANOS_PER_MICRO)
            .setStartedAt(millis(times.startedAt()))
            .setFirstTokenAt(millis(times.firstTokenAt()))
            .setEndedAt(times.endedAt().toEpochMilli())
            .setCostMicros(entry.cost().micros())
            .setPriceVersion(entry.cost().version());
    entry.source().ifPresent(source -> message.setSource(TokenCodec.write(source)));
    return message.build();
  }

  /** Throws {@link MalformedRecordException}. */
  public static LedgerEntry decodeEntry(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "ledger entry", bytes, io.anyserve.v1.LedgerEntry.parser(), UsageCodec::read);
  }

  public static LedgerEntry read(io.anyserve.v1.LedgerEntry message) {
    return new LedgerEntry(
        RequestId.parse(message.getRequestId()),
        RequestCodec.read(message.getContext()),
        new ServedBy(
            message.getCapability(),
            message.getModel(),
            message.getWorker(),
            message.getAttempts(),
            message.getDelegated()),
        EnumCodec.read(message.getOutcome()),
        message.getCode(),
        TokenCodec.read(message.getUsage()),
        message.getChunks(),
        new LedgerEntry.Volume(message.getBytesIn(), message.getBytesOut()),
        Duration.ofNanos(Math.multiplyExact(message.getEngineMicros(), NANOS_PER_MICRO)),
        new Times(
            instant(message.getStartedAt()),
            instant(message.getFirstTokenAt()),
            Instant.ofEpochMilli(message.getEndedAt())),
        new Cost(message.getCostMicros(), message.getPriceVersion()),
        message.hasSource() ? Optional.of(TokenCodec.read(message.getSource())) : Optional.empty());
  }

  public static byte[] encode(SessionUsage usage) {
    return write(usage).toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static SessionUsage decodeSession(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "session usage", bytes, io.anyserve.v1.SessionUsage.parser(), UsageCodec::read);
  }

  public static io.anyserve.v1.SessionUsage write(SessionUsage usage) {
    return io.anyserve.v1.SessionUsage.newBuilder()
        .setTenant(usage.tenant().value())
        .setSession(usage.session().value())
        .setRequests(usage.requests())
        .setFinished(usage.finished())
        .setFailed(usage.failed())
        .setCancelled(usage.cancelled())
        .setPromptTokens(usage.usage().prompt())
        .setCompletionTokens(usage.usage().completion())
        .setCachedTokens(usage.usage().cached())
        .setChunks(usage.chunks())
        .setFirstAt(usage.firstAt().toEpochMilli())
        .setLastAt(usage.lastAt().toEpochMilli())
        .build();
  }

  public static SessionUsage read(io.anyserve.v1.SessionUsage message) {
    return new SessionUsage(
        new TenantId(message.getTenant()),
        new SessionId(message.getSession()),
        message.getFinished(),
        message.getFailed(),
        message.getCancelled(),
        new io.anyserve.contracts.TokenUsage(
            message.getPromptTokens(), message.getCompletionTokens(), message.getCachedTokens()),
        message.getChunks(),
        Instant.ofEpochMilli(message.getFirstAt()),
        Instant.ofEpochMilli(message.getLastAt()));
  }

  /** In the form that its submission had. */
  public static byte[] encode(RequestResult result) {
    return result.context().result() == ResultFormat.JSON
        ? ResultJson.encode(result)
        : write(result).toByteArray();
  }

  /** As plain JSON on one line, whatever form its submission had. */
  public static String toJson(RequestResult result) {
    return new String(ResultJson.encode(result), StandardCharsets.UTF_8);
  }

  /** Media type of an encoded result. */
  public static String contentType(RequestResult result) {
    return result.context().result() == ResultFormat.JSON
        ? "application/json"
        : "application/x-protobuf";
  }

  private static io.anyserve.v1.RequestResult write(RequestResult result) {
    var message =
        io.anyserve.v1.RequestResult.newBuilder()
            .setRequestId(result.request().toString())
            .setContext(RequestCodec.write(result.context()))
            .setCapability(result.servedBy().capability())
            .setModel(result.servedBy().model())
            .setDelegated(result.servedBy().delegated())
            .setAttempts(result.servedBy().attempts());
    switch (result.outcome()) {
      case Finished finished -> message.setFinished(TokenCodec.write(finished));
      case Failed failed -> message.setFailed(TokenCodec.write(failed));
      case Cancelled cancelled -> message.setCancelled(TokenCodec.write(cancelled));
    }
    return message.build();
  }

  /**
   * Reads both forms. Throws {@link MalformedRecordException}. The worker's name is not part of a
   * result.
   */
  public static RequestResult decodeResult(byte @Nullable [] bytes) {
    if (bytes != null && ResultJson.isJson(bytes)) {
      return ResultJson.decode(bytes);
    }
    return ProtobufParser.read(
        "result",
        bytes,
        io.anyserve.v1.RequestResult.parser(),
        message ->
            new RequestResult(
                RequestId.parse(message.getRequestId()),
                RequestCodec.read(message.getContext()),
                outcome(message),
                new ServedBy(
                    message.getCapability(),
                    message.getModel(),
                    "",
                    message.getAttempts(),
                    message.getDelegated())));
  }

  private static Terminal outcome(io.anyserve.v1.RequestResult message) {
    return switch (message.getOutcomeCase()) {
      case FINISHED -> TokenCodec.read(message.getFinished());
      case FAILED -> TokenCodec.read(message.getFailed());
      case CANCELLED -> TokenCodec.read(message.getCancelled());
      case OUTCOME_NOT_SET -> throw ProtobufParser.unset("outcome");
    };
  }

  private static long millis(Optional<Instant> time) {
    return time.map(Instant::toEpochMilli).orElse(0L);
  }

  private static Optional<Instant> instant(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
