package io.anyserve.cli.keys;

import io.anyserve.cli.options.DurationConverter;
import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.cli.quota.QuotaAdmin;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaPolicy;
import io.anyserve.quota.QuotaScope;
import io.anyserve.runtime.auth.IssuedKey;
import io.anyserve.runtime.auth.KeyTopic;
import io.anyserve.runtime.auth.NewKey;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Creates and changes API keys, by the log itself: no service has to run. */
@Command(
    mixinStandardHelpOptions = true,
    name = "keys",
    description = "Create, list, disable, rotate and delete API keys.",
    sortOptions = false)
public final class KeysCommand {

  private static final String ROW = "%-12s  %-16s %-9s %-18s %-20s %-20s %11s  %s%n";
  private static final String NONE = "-";

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      mixinStandardHelpOptions = true,
      description = "Create a key and print its secret, which is stored nowhere.")
  int create(@Mixin NewKeyOptions options, @Mixin KafkaOptions kafka) throws Exception {
    KeyTopic topic = topic(kafka);
    List<QuotaLimit> limits;
    boolean first;
    IssuedKey issued;
    try {
      limits = options.limits();
      NewKey wanted = options.wanted(Instant.now());
      first = topic.list(this::malformed).isEmpty();
      issued = topic.create(wanted);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw mistake(e);
    }
    if (!limits.isEmpty()) {
      setQuota(issued.key(), limits, kafka);
    }
    err(
        "key %s of tenant %s opens %s"
            .formatted(issued.key().id(), tenant(issued.key()), scopes(issued.key())));
    if (first) {
      err("note: this is the first key; from now on callers without a key are refused");
    }
    out(issued.secret().text());
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "List all keys.")
  int list(
      @Option(names = "--tenant", description = "Keys of this tenant alone.")
          @Nullable String tenant,
      @Mixin KafkaOptions kafka) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(ROW, "ID", "TENANT", "STATE", "SCOPES", "CREATED", "EXPIRES", "CONCURRENCY", "NAME");
    Instant now = Instant.now();
    topic(kafka).list(this::malformed).stream()
        .filter(key -> tenant == null || tenant(key).equals(tenant))
        .forEach(key -> print(key, now, out));
    out.flush();
    return 0;
  }

  private static void print(StoredKey key, Instant now, PrintWriter out) {
    out.printf(
        ROW,
        key.id(),
        tenant(key),
        state(key, now),
        scopes(key),
        seconds(key.validity().createdAt()),
        key.validity().expiresAt().map(KeysCommand::seconds).orElse(NONE),
        key.concurrency().isPresent() ? key.concurrency().getAsInt() : NONE,
        key.grant().name());
  }

  private static String state(StoredKey key, Instant now) {
    if (!key.validity().enabled()) {
      return "disabled";
    }
    return key.validity().expired(now) ? "expired" : "enabled";
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Refuse new calls with a key; running ones continue.")
  int disable(@Parameters(paramLabel = "ID") String id, @Mixin KafkaOptions kafka)
      throws InterruptedException {
    topic(kafka).enable(id, false);
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Accept a disabled key again.")
  int enable(@Parameters(paramLabel = "ID") String id, @Mixin KafkaOptions kafka)
      throws InterruptedException {
    topic(kafka).enable(id, true);
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Give a key another secret and print it; id, tenant and limits stay.")
  int rotate(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = "--overlap",
              paramLabel = "DURATION",
              defaultValue = "24h",
              converter = DurationConverter.class,
              description =
                  "Time for which the secret before stays valid, 0s to 366d (default:"
                      + " ${DEFAULT-VALUE}).")
          Duration overlap,
      @Mixin KafkaOptions kafka)
      throws InterruptedException {
    IssuedKey issued;
    try {
      issued = topic(kafka).rotate(id, overlap);
    } catch (IllegalArgumentException e) {
      throw mistake(e);
    }
    issued
        .key()
        .hashes()
        .previous()
        .map(KeyHashes.Previous::validUntil)
        .ifPresent(until -> err("the secret before is valid until " + seconds(until)));
    out(issued.secret().text());
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Delete a key and its quota.")
  int delete(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = "--force",
              description = "Also the last key, without which callers may need no key at all.")
          boolean force,
      @Mixin KafkaOptions kafka)
      throws Exception {
    setQuota(topic(kafka).delete(id, force), List.of(), kafka);
    return 0;
  }

  private static void setQuota(StoredKey key, List<QuotaLimit> limits, KafkaOptions kafka)
      throws Exception {
    var scope = new QuotaScope.OfKey(key.grant().tenant(), key.id());
    try (var quotas = QuotaAdmin.open(kafka.settings(), kafka.topics())) {
      quotas.change(new QuotaPolicy(scope, limits));
    }
  }

  private static KeyTopic topic(KafkaOptions kafka) {
    return new KeyTopic(
        kafka.settings(), kafka.topics(), InstantSource.system(), new SecureRandom());
  }

  private static String tenant(StoredKey key) {
    return key.grant().tenant().value();
  }

  private static String scopes(StoredKey key) {
    return String.join(",", key.grant().scopes().stream().map(KeyScope::toString).toList());
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void malformed(RuntimeException e) {
    err("warning: skipped an unreadable key: " + e.getMessage());
  }

  private ParameterException mistake(RuntimeException e) {
    return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
  }

  private void out(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private void err(String line) {
    spec.commandLine().getErr().println(line);
  }
}
