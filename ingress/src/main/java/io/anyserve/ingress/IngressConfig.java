package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.access.WebAccess;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.page.PageConfig;
import io.anyserve.ingress.quota.QuotaConfig;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.tls.TlsFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    Listen listen,
    Limits limits,
    Access access,
    Log log,
    Optional<ObjectStoreConfig> store,
    Optional<Address> router,
    QuotaConfig quota,
    PageConfig page) {

  /** With quotas and the page as usual. */
  public IngressConfig(
      Listen listen,
      Limits limits,
      Access access,
      Log log,
      Optional<ObjectStoreConfig> store,
      Optional<Address> router) {
    this(listen, limits, access, log, store, router, QuotaConfig.DEFAULT, PageConfig.DEFAULT);
  }

  /** With the page as usual. */
  public IngressConfig(
      Listen listen,
      Limits limits,
      Access access,
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
   * Where callers come in.
   *
   * @param port of gRPC, 0 for any free one
   * @param drain how long calls may go on when the ingress stops
   * @param tls of both servers; empty where they speak without
   */
  public record Listen(
      String host, int port, Duration drain, ApiHttp http, Optional<TlsFiles> tls) {

    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 7400;
    public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

    public Listen {
      requireAddress(host, port);
      require(!drain.isNegative(), "drain", drain, "not negative");
    }

    /** Without TLS. */
    public Listen(String host, int port, Duration drain, ApiHttp http) {
      this(host, port, drain, http, Optional.empty());
    }

    /** With HTTP beside it: on any free port where that of gRPC is any, else on the usual one. */
    public Listen(String host, int port, Duration drain) {
      this(host, port, drain, new ApiHttp(host, port == 0 ? 0 : ApiHttp.DEFAULT_PORT));
    }
  }

  /**
   * Where the OpenAI-compatible API listens.
   *
   * @param port 0 for any free one
   */
  public record ApiHttp(String host, int port, WebAccess web) {

    public static final int DEFAULT_PORT = 7407;

    public ApiHttp {
      requireAddress(host, port);
    }

    /** For browsers on this machine. */
    public ApiHttp(String host, int port) {
      this(host, port, WebAccess.local(host));
    }
  }

  private static void requireAddress(String host, int port) {
    require(!host.isBlank(), "host", host, "a name or an address");
    require(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
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
   * Who may call.
   *
   * @param keys beside those of the topic {@code keys}
   * @param requireKey otherwise, where no key exists, everybody is let in as one tenant
   * @param resumeKey the same on all ingresses that share a log; a random one when empty
   */
  public record Access(List<ApiKey> keys, boolean requireKey, Optional<String> resumeKey) {

    public static final Access OPEN = new Access(List.of(), Optional.empty());

    public Access {
      keys = List.copyOf(keys);
      resumeKey.ifPresent(
          key ->
              require(
                  key.getBytes(UTF_8).length >= ResumeTokenCodec.MIN_KEY_BYTES,
                  "resumeKey",
                  key.length() + " characters",
                  "at least " + ResumeTokenCodec.MIN_KEY_BYTES + " bytes"));
    }

    /** Open while no key exists. */
    public Access(List<ApiKey> keys, Optional<String> resumeKey) {
      this(keys, false, resumeKey);
    }

    /** Without the key. */
    @Override
    public String toString() {
      return "Access[%d keys%s, resume key %s]"
          .formatted(
              keys.size(),
              requireKey ? ", key required" : "",
              resumeKey.isPresent() ? "set" : "random");
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
        new Listen(Listen.DEFAULT_HOST, port, Listen.DEFAULT_DRAIN),
        Limits.DEFAULT,
        Access.OPEN,
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
        listen(section),
        limits(section),
        access(section, settings.tables("ingress", "key")),
        log(section, kafka, topics),
        store,
        router(section),
        quota(settings.section("quota")),
        PageConfig.read(section));
  }

  private static Listen listen(ConfigSection section) {
    String host =
        section.text("host", Listen.DEFAULT_HOST, "Address that the gRPC server listens on.");
    int port =
        section.integer(
            "port", Listen.DEFAULT_PORT, 0, 65_535, "Port of the gRPC server; 0 for any free one.");
    Duration drain =
        section.duration(
            "drain",
            Listen.DEFAULT_DRAIN,
            Duration.ZERO,
            "Time that open calls get to finish when the ingress stops.");
    ApiHttp http = http(section);
    Optional<TlsFiles> tls = TlsFiles.read(section);
    return section.build(
        () -> new Listen(host, port, drain, http, tls),
        new Listen(Listen.DEFAULT_HOST, port, Listen.DEFAULT_DRAIN));
  }

  private static ApiHttp http(ConfigSection section) {
    String host =
        section.text(
            "api-http-host",
            Listen.DEFAULT_HOST,
            "Address that the OpenAI-compatible API listens on.");
    int port =
        section.integer(
            "api-http-port",
            ApiHttp.DEFAULT_PORT,
            0,
            65_535,
            "Port of the OpenAI-compatible API; 0 for any free one.");
    WebAccess web = WebAccess.read(section, host);
    return section.build(
        () -> new ApiHttp(host, port, web), new ApiHttp(Listen.DEFAULT_HOST, ApiHttp.DEFAULT_PORT));
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
    ResponseLimits responses = responses(section);
    return new Limits(input, responses, waits(section), caps, calls);
  }

  private static ResponseLimits responses(ConfigSection section) {
    ResponseLimits usual = ResponseLimits.DEFAULT;
    int inFlight =
        section.integer(
            "in-flight", usual.inFlight(), 1, 1_000_000, "Most requests in flight at once.");
    int resumes =
        section.integer(
            "resumes",
            usual.resumes(),
            1,
            1_000_000,
            "Most resumed streams that read the log at once.");
    int events =
        section.integer(
            "waiting-events",
            usual.waitingEvents(),
            1,
            1_000_000,
            "Most events of one stream in memory; a slower client is then served from the log.");
    int bytes =
        section.integer(
            "waiting-bytes",
            (int) usual.waitingBytes(),
            1,
            1 << 30,
            "Most bytes of one stream in memory; a slower client is then served from the log.");
    Duration grace =
        section.duration(
            "disconnect-grace",
            usual.grace(),
            Duration.ZERO,
            "Time that a request continues after its client disconnects, so that it can resume.");
    return new ResponseLimits(inFlight, resumes, events, bytes, grace);
  }

  private static RequestStamper.DeadlinePolicy waits(ConfigSection section) {
    Duration deadline =
        section.duration(
            "deadline",
            RequestStamper.DeadlinePolicy.DEFAULT.standard(),
            Duration.ofMillis(1),
            "Deadline of a request that sets none; at most `max-deadline`.");
    Duration most =
        section.duration(
            "max-deadline",
            RequestStamper.DeadlinePolicy.DEFAULT.most(),
            Duration.ofMillis(1),
            "Longest deadline of a request; a longer one is shortened to it.");
    return section.build(
        () -> new RequestStamper.DeadlinePolicy(deadline, most),
        RequestStamper.DeadlinePolicy.DEFAULT);
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

  private static QuotaConfig quota(ConfigSection section) {
    QuotaConfig usual = QuotaConfig.DEFAULT;
    double bytes =
        section.number(
            "bytes-per-token",
            usual.bytesPerToken(),
            0.1,
            100,
            "Bytes of a prompt per token, to estimate its tokens for a reservation.");
    boolean failOpen =
        section.flag(
            "fail-open",
            usual.failOpen(),
            "Admit requests, without counting them, while quotas cannot be read.");
    Duration snapshots =
        section.duration(
            "snapshot-interval",
            usual.snapshots(),
            Duration.ofMillis(1),
            "Time between two snapshots of the quota state.");
    return section.build(() -> new QuotaConfig(bytes, failOpen, snapshots), usual);
  }

  private static Access access(ConfigSection section, List<ConfigSection> tables) {
    List<ApiKey> keys = new ArrayList<>();
    tables.forEach(table -> key(table).ifPresent(keys::add));
    boolean requireKey =
        section.flag(
            "require-key",
            false,
            "Refuse callers without a key also where no key exists; otherwise they are tenant"
                + " `default` then.");
    Optional<String> resumeKey =
        section.secret(
            "resume-key",
            "random",
            "Key that signs resume tokens, at least "
                + ResumeTokenCodec.MIN_KEY_BYTES
                + " bytes; the same in all ingresses of a log.");
    return section.build(() -> new Access(keys, requireKey, resumeKey), Access.OPEN);
  }

  private static Optional<ApiKey> key(ConfigSection table) {
    String id =
        table.required("id", "a public name", "Name of the key in ledger entries and quotas.");
    String sha256 =
        table.required("sha256", "64 hexadecimal digits", "SHA-256 of the API key that is sent.");
    String tenant = table.required("tenant", "a tenant", "Tenant of the requests of this key.");
    boolean admin =
        table.flag(
            "admin", false, "Whether the key may manage keys and read every tenant's usage.");
    return table.build(
        () -> Optional.of(new ApiKey(id, sha256, new TenantId(tenant), admin)), Optional.empty());
  }

  private static Log log(ConfigSection section, KafkaClients kafka, TopicNames topics) {
    String instance =
        section.text(
            "instance", "ingress", "Name of the ingress; its hash selects the reply partitions.");
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
