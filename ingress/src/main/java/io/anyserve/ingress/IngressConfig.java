package io.anyserve.ingress;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.page.PageConfig;
import io.anyserve.ingress.quota.QuotaConfig;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.kafka.KafkaClients;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that an ingress can be told.
 *
 * @param store for large payloads; without one they travel in the records, up to a smaller limit
 * @param router asked about requests by their id; without one that is not possible
 */
public record IngressConfig(
    ListenConfig listen,
    Limits limits,
    AccessConfig access,
    Log log,
    Optional<ObjectStoreConfig> store,
    Optional<Address> router,
    QuotaConfig quota,
    PageConfig page) {

  /** With quotas and the page as usual. */
  public IngressConfig(
      ListenConfig listen,
      Limits limits,
      AccessConfig access,
      Log log,
      Optional<ObjectStoreConfig> store,
      Optional<Address> router) {
    this(listen, limits, access, log, store, router, QuotaConfig.DEFAULT, PageConfig.DEFAULT);
  }

  /** With the page as usual. */
  public IngressConfig(
      ListenConfig listen,
      Limits limits,
      AccessConfig access,
      Log log,
      Optional<ObjectStoreConfig> store,
      Optional<Address> router,
      QuotaConfig quota) {
    this(listen, limits, access, log, store, router, quota, PageConfig.DEFAULT);
  }

  /** Another process, for gRPC without TLS. */
  public record Address(String host, int port) {

    private static final Pattern FORM = Pattern.compile("([^:]+):([0-9]{1,5})");

    public Address {
      require(!host.isBlank(), "host", host, "a name or an address");
      require(port >= 1 && port <= 65_535, "port", port, "1 to 65535");
    }

    static Address parse(String text) {
      Matcher matcher = FORM.matcher(text);
      require(matcher.matches(), "router", text, "host:port");
      return new Address(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }
  }

  /**
   * What is too much.
   *
   * @param inputBytes of a payload in a request
   * @param callsPerMinute of a key or an address; empty where they are not limited
   */
  public record Limits(
      int inputBytes,
      ResponseLimits streams,
      RequestStamper.DeadlinePolicy waits,
      RequestCaps caps,
      OptionalInt callsPerMinute) {

    public static final Limits DEFAULT =
        new Limits(4 << 20, ResponseLimits.DEFAULT, RequestStamper.DeadlinePolicy.DEFAULT);

    private static final int MOST_INPUT = 64 << 20;

    public Limits {
      require(
          inputBytes >= 1 && inputBytes <= MOST_INPUT, "inputBytes", inputBytes, "1 to 67108864");
    }

    /** With the usual caps, and calls as often as one likes. */
    public Limits(int inputBytes, ResponseLimits streams, RequestStamper.DeadlinePolicy waits) {
      this(inputBytes, streams, waits, RequestCaps.DEFAULT, OptionalInt.empty());
    }
  }

  /**
   * The log and this ingress's place in it.
   *
   * @param instance whose name's hash chooses the reply partitions
   * @param replyPartitions how many it reads, 1 or 2
   */
  public record Log(KafkaClients kafka, TopicNames topics, String instance, int replyPartitions) {
    public Log {
      require(!instance.isBlank(), "instance", instance, "a name");
      require(
          replyPartitions == 1 || replyPartitions == 2,
          "replyPartitions",
          replyPartitions,
          "1 or 2");
    }
  }

  /** All defaults: on this machine, open to everybody. */
  public static IngressConfig local(
      int port, KafkaClients kafka, TopicNames topics, Optional<ObjectStoreConfig> store) {
    return new IngressConfig(
        new ListenConfig(ListenConfig.DEFAULT_HOST, port, ListenConfig.DEFAULT_DRAIN),
        Limits.DEFAULT,
        AccessConfig.OPEN,
        new Log(kafka, topics, "ingress", 1),
        store,
        Optional.empty());
  }

  /**
   * Reads {@code [ingress]}, {@code [[ingress.key]]} and {@code [quota]}; mistakes become problems
   * of {@code settings}.
   */
  public static IngressConfig read(
      Config settings, KafkaClients kafka, TopicNames topics, Optional<ObjectStoreConfig> store) {
    ConfigSection section = settings.section("ingress");
    return new IngressConfig(
        ListenConfig.read(section),
        limits(section),
        AccessConfig.read(section, settings.tables("ingress", "key")),
        log(settings, kafka, topics),
        store,
        router(section),
        QuotaConfig.read(settings.section("quota")),
        PageConfig.read(section));
  }

  private static Limits limits(ConfigSection section) {
    int input =
        section.integer(
            "input-bytes",
            Limits.DEFAULT.inputBytes(),
            1,
            Limits.MOST_INPUT,
            "Largest payload of a request, in bytes.");
    RequestCaps caps = RequestCaps.read(section);
    OptionalInt calls =
        section
            .optionalInteger(
                "calls-per-minute",
                "unlimited",
                1,
                1_000_000,
                "Most calls of an API key, or of an address without one, in a minute at this ingress.")
            .map(OptionalInt::of)
            .orElseGet(OptionalInt::empty);
    ResponseLimits responses = ResponseLimits.read(section);
    return new Limits(input, responses, RequestStamper.DeadlinePolicy.read(section), caps, calls);
  }

  private static Optional<Address> router(ConfigSection section) {
    return section
        .optional(
            "router",
            "none",
            "`host:port` of a router's gRPC server, which `GetRequest` needs; `up` sets it.")
        .flatMap(
            text ->
                section.build(() -> Optional.of(Address.parse(text)), Optional.<Address>empty()));
  }

  private static Log log(Config settings, KafkaClients kafka, TopicNames topics) {
    ConfigSection section = settings.section("ingress");
    String instance =
        section
            .optional(
                "instance",
                "`HOSTNAME`, else `ingress`",
                "Name of the ingress; its hash selects the reply partitions.")
            .orElseGet(() -> settings.hostName().orElse("ingress"));
    int partitions =
        section.integer(
            "reply-partitions", 1, 1, 2, "Partitions of `tokens` that the ingress reads.");
    return section.build(
        () -> new Log(kafka, topics, instance, partitions), new Log(kafka, topics, "ingress", 1));
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
