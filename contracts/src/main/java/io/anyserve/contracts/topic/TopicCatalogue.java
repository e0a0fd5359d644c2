package io.anyserve.contracts.topic;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every topic with its key, value, partitions, retention and compaction: the one source for the
 * admin command, the embedded broker and the AsyncAPI document.
 */
public record TopicCatalogue(TopicNames topics, TopicPartitioning sizes) {

  /** How long a stream can be resumed. */
  public static final Duration RESUME_WINDOW = Duration.ofHours(24);

  /**
   * The broker rewrites a segment after that at the latest, without what was deleted, once records
   * were written behind it.
   */
  private static final Duration DELETED_CONVERSATIONS = Duration.ofHours(1);

  /** What may lie behind a deadline that has just passed. */
  private static final Duration MARGIN = Duration.ofHours(6);

  /** Bytes of a snapshot of quotas, compressed. */
  private static final int LARGEST_SNAPSHOT = 16 << 20;

  /**
   * Bytes of a batch, compressed, of every other topic: Kafka's own default, said so that a broker
   * with another one allows no more. Readers bound what it may be when it is decompressed.
   */
  static final int LARGEST_BATCH = 1_048_588;

  private static final String LARGEST = "max.message.bytes";
  private static final String REQUEST_KEY = "request id, 16 bytes";

  /** How long a request of that priority may wait: its topic keeps it longer than that. */
  public static Duration longestDeadline(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> Duration.ofHours(24);
      case BATCH -> Duration.ofDays(7);
    };
  }

  /** The topics that exist whatever the workers can do. */
  public List<TopicSpec> fixed() {
    return List.of(
        intake(),
        tokens(),
        control(),
        workers(),
        capabilities(),
        results(),
        usage(),
        sessionUsage(),
        tenantUsage(),
        usageWindows(),
        conversations(),
        prices(),
        quotas(),
        quotaSnapshots(),
        keys(),
        deadLetters());
  }

  /** The topics of one capability. */
  public List<TopicSpec> of(Capability capability) {
    return List.of(
        requests(capability, Priority.INTERACTIVE), requests(capability, Priority.BATCH));
  }

  private TopicSpec requests(Capability capability, Priority priority) {
    return new TopicSpec(
        topics.requests(capability, priority),
        "Requests for " + capability + ", " + priority.name().toLowerCase(java.util.Locale.ROOT),
        "session, UTF-8",
        "InferenceRequest",
        sizes.requests(),
        logTime(kept(longestDeadline(priority).plus(MARGIN))));
  }

  private TopicSpec intake() {
    return new TopicSpec(
        topics.intake(),
        "Requests that are not directly routable: asynchronous ones, protobuf or JSON, and those"
            + " whose capability is unknown or another name",
        REQUEST_KEY + ", or anything",
        "InferenceRequest",
        sizes.requests(),
        logTime(kept(longestDeadline(Priority.BATCH).plus(MARGIN))));
  }

  private TopicSpec tokens() {
    return new TopicSpec(
        topics.tokens(),
        "What happens to requests while they run, in the partition that the request names. Records"
            + " without key are ChunkBatches: chunks of several requests",
        REQUEST_KEY + ", or none",
        "TokenEvent",
        sizes.tokens(),
        logTime(kept(RESUME_WINDOW)));
  }

  private TopicSpec control() {
    return new TopicSpec(
        topics.control(),
        "Commands to workers",
        "request id, 16 bytes, or worker, UTF-8",
        "ControlCommand",
        1,
        kept(Duration.ofMinutes(10)));
  }

  private TopicSpec workers() {
    return new TopicSpec(
        topics.workers(),
        "Heartbeats of workers",
        "worker, UTF-8",
        "WorkerHeartbeat",
        1,
        compacted());
  }

  private TopicSpec capabilities() {
    return new TopicSpec(
        topics.capabilities(),
        "Routing table: other names and fallbacks",
        "capability, UTF-8",
        "CapabilityRoute",
        1,
        compacted());
  }

  private TopicSpec results() {
    return new TopicSpec(
        topics.results(),
        "One record for each finished asynchronous request, protobuf or JSON as its submission"
            + " was",
        REQUEST_KEY,
        "RequestResult",
        1,
        kept(Duration.ofDays(7)));
  }

  private TopicSpec usage() {
    return new TopicSpec(
        topics.usage(),
        "The ledger: one entry for each request, all of a tenant in one partition",
        REQUEST_KEY,
        "LedgerEntry",
        sizes.usage(),
        logTime(kept(Duration.ofDays(400))));
  }

  private TopicSpec sessionUsage() {
    return new TopicSpec(
        topics.sessionUsage(),
        "Totals of each session",
        "tenant/session, UTF-8",
        "SessionUsage",
        1,
        compacted());
  }

  private TopicSpec tenantUsage() {
    return new TopicSpec(
        topics.tenantUsage(),
        "Totals of each tenant",
        "tenant, UTF-8",
        "TenantUsage",
        1,
        compacted());
  }

  private TopicSpec usageWindows() {
    return new TopicSpec(
        topics.usageWindows(),
        "What each model, session and key of a tenant used, by minute, hour and day",
        "tenant/size/start/series, UTF-8",
        "UsageWindow",
        1,
        compacted());
  }

  private TopicSpec conversations() {
    Map<String, String> settings = new HashMap<>(compacted());
    settings.put("max.compaction.lag.ms", Long.toString(DELETED_CONVERSATIONS.toMillis()));
    return new TopicSpec(
        topics.conversations(),
        "Conversations and their messages, all of a tenant in the partition of its name",
        "conversation/tenant/session or message/tenant/session/message, UTF-8",
        "ConversationRecord",
        sizes.usage(),
        settings);
  }

  private TopicSpec prices() {
    return new TopicSpec(
        topics.prices(), "Price books", "version, UTF-8", "PriceBook", 1, compacted());
  }

  private TopicSpec quotas() {
    return new TopicSpec(
        topics.quotas(),
        "Reservations, settlements and policies of quotas: their order decides who is let in",
        "tenant, UTF-8",
        "QuotaEvent",
        sizes.quotas(),
        logTime(kept(Duration.ofDays(2))));
  }

  private TopicSpec quotaSnapshots() {
    Map<String, String> settings = new HashMap<>(compacted());
    settings.put(LARGEST, Integer.toString(LARGEST_SNAPSHOT));
    return new TopicSpec(
        topics.quotaSnapshots(),
        "What the records of each partition of quotas come to, up to an offset",
        "partition, decimal, UTF-8",
        "QuotaSnapshot",
        1,
        settings);
  }

  private TopicSpec keys() {
    return new TopicSpec(
        topics.keys(),
        "API keys with the hashes of their secrets",
        "API key's id, UTF-8",
        "StoredKey",
        1,
        compacted());
  }

  private TopicSpec deadLetters() {
    return new TopicSpec(
        topics.deadLetters(),
        "What cannot be processed, as it was, with the reason in headers __streams.errors.*",
        "as it was",
        "as it was",
        1,
        kept(Duration.ofDays(14)));
  }

  private static Map<String, String> kept(Duration time) {
    return Map.of(
        "cleanup.policy",
        "delete",
        "retention.ms",
        Long.toString(time.toMillis()),
        LARGEST,
        Integer.toString(LARGEST_BATCH));
  }

  /**
   * What was overwritten goes within minutes, so that a start reads little more than what counts.
   */
  private static Map<String, String> compacted() {
    return Map.of(
        "cleanup.policy",
        "compact",
        "segment.ms",
        Long.toString(Duration.ofMinutes(10).toMillis()),
        "min.cleanable.dirty.ratio",
        "0.1",
        "delete.retention.ms",
        Long.toString(Duration.ofDays(1).toMillis()),
        LARGEST,
        Integer.toString(LARGEST_BATCH));
  }

  /** The broker's clock, so that records of different writers can be compared. */
  private static Map<String, String> logTime(Map<String, String> settings) {
    var all = new HashMap<>(settings);
    all.put("message.timestamp.type", "LogAppendTime");
    return all;
  }
}
