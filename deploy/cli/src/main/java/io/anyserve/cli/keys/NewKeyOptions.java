package io.anyserve.cli.keys;

import io.anyserve.cli.options.DurationConverter;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaUnit;
import io.anyserve.runtime.auth.NewKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a new key is to be. */
final class NewKeyOptions {

  @Option(names = "--tenant", required = true, description = "Tenant of the key's requests.")
  String tenant = "";

  @Option(
      names = "--name",
      defaultValue = "",
      description = "What the key is for, for people; at most 128 characters.")
  String name = "";

  @Option(
      names = "--scope",
      split = ",",
      defaultValue = "infer,usage",
      paramLabel = "SCOPE",
      description =
          "What the key opens: infer, usage, admin; several with commas (default:"
              + " ${DEFAULT-VALUE}).")
  List<String> scopes = new ArrayList<>();

  @Option(
      names = "--expires-in",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Time after which the key is refused, such as 90d (default: never).")
  @Nullable Duration expiresIn;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Most requests of the key in flight on one ingress (default: any number).")
  @Nullable Integer concurrency;

  @Option(
      names = "--requests-per-minute",
      paramLabel = "N",
      description = "Most requests in a minute; sets a quota of the key.")
  @Nullable Long requestsPerMinute;

  @Option(
      names = "--tokens-per-minute",
      paramLabel = "N",
      description = "Most tokens of prompts and answers in a minute; sets a quota of the key.")
  @Nullable Long tokensPerMinute;

  /** Throws IllegalArgumentException naming what is wrong. */
  NewKey wanted(Instant now) {
    return new NewKey(
        new KeyGrant(new TenantId(tenant), name, parsedScopes()),
        Optional.ofNullable(expiresIn).map(now::plus),
        concurrency == null ? OptionalInt.empty() : OptionalInt.of(concurrency));
  }

  private Set<KeyScope> parsedScopes() {
    Set<KeyScope> parsed = EnumSet.noneOf(KeyScope.class);
    scopes.forEach(scope -> parsed.add(KeyScope.parse(scope)));
    return parsed;
  }

  /** Those that are quotas of the key. */
  List<QuotaLimit> limits() {
    List<QuotaLimit> limits = new ArrayList<>();
    if (requestsPerMinute != null) {
      limits.add(new QuotaLimit(QuotaUnit.REQUESTS, Period.MINUTE, requestsPerMinute));
    }
    if (tokensPerMinute != null) {
      limits.add(new QuotaLimit(QuotaUnit.TOKENS, Period.MINUTE, tokensPerMinute));
    }
    return limits;
  }
}
