package io.anyserve.cli.quota;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.TenantId;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.QuotaPolicy;
import io.anyserve.quota.QuotaScope;
import io.anyserve.quota.QuotaStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sets and shows quotas, by the log itself: no service has to run. */
@Command(
    mixinStandardHelpOptions = true,
    name = "quota",
    description = "Limit the usage of tenants, keys and sessions, and show what is left.",
    sortOptions = false)
public final class QuotaCommand {

  private static final String ROW = "%-32s %-9s %-7s %12s %12s %12s %12s  %s%n";

  @Spec CommandSpec spec = CommandSpec.create();

  /** A tenant, or a key or session of it. */
  static final class ScopeOptions {

    @Option(names = "--tenant", required = true, description = "The tenant.")
    String tenant = "";

    @ArgGroup @Nullable Inner inner;

    /** Of the tenant, one at most. */
    static final class Inner {

      @Option(
          names = "--key",
          description = "Id of an API key, or '*' for a limit on each key separately.")
      @Nullable String key;

      @Option(
          names = "--session",
          description = "A session, or '*' for a limit on each session separately.")
      @Nullable String session;
    }

    QuotaScope scope() {
      TenantId named = new TenantId(tenant);
      if (inner != null && inner.key != null) {
        return QuotaScope.ofKey(named, inner.key);
      }
      return inner != null && inner.session != null
          ? QuotaScope.ofSession(named, inner.session)
          : new QuotaScope.OfTenant(named);
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Set the limits of a scope; they replace all its earlier limits.")
  int set(@Mixin ScopeOptions scope, @Mixin LimitOptions limits, @Mixin KafkaOptions kafka)
      throws Exception {
    QuotaPolicy policy;
    try {
      policy = new QuotaPolicy(scope.scope(), limits.limits());
    } catch (IllegalArgumentException e) {
      throw mistake(String.valueOf(e.getMessage()));
    }
    if (policy.limits().isEmpty()) {
      throw mistake("no limit (expected: at least one, such as --tokens-per-day 100000)");
    }
    try (var quotas = QuotaAdmin.open(kafka.settings(), kafka.topics())) {
      quotas.change(policy);
    }
    print(policy);
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Remove all limits of a scope.")
  int remove(@Mixin ScopeOptions scope, @Mixin KafkaOptions kafka) throws Exception {
    try (var quotas = QuotaAdmin.open(kafka.settings(), kafka.topics())) {
      quotas.change(new QuotaPolicy(scope.scope(), List.of()));
    }
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "List all limits.")
  int list(@Mixin KafkaOptions kafka) throws Exception {
    try (var quotas = QuotaAdmin.open(kafka.settings(), kafka.topics())) {
      quotas.tenants().forEach(tenant -> quotas.view(tenant).policies().forEach(this::print));
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Show what a tenant has used and has left in the current periods.")
  int show(
      @Option(names = "--tenant", required = true, description = "The tenant.") String tenant,
      @Mixin KafkaOptions kafka)
      throws Exception {
    QuotaStatus view;
    try (var quotas = QuotaAdmin.open(kafka.settings(), kafka.topics())) {
      view = quotas.view(new TenantId(tenant));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(ROW, "SCOPE", "MEASURE", "PERIOD", "LIMIT", "USED", "RESERVED", "LEFT", "RESETS AT");
    view.limits().forEach(state -> print(state, out));
    out.flush();
    return 0;
  }

  private static void print(LimitStatus state, PrintWriter out) {
    out.printf(
        ROW,
        state.scope(),
        state.limit().unit(),
        state.limit().period(),
        state.limit().amount(),
        state.used(),
        state.reserved(),
        state.left(),
        state.resetsAt());
  }

  private void print(QuotaPolicy policy) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: %s%n",
        policy.scope(),
        policy.limits().stream().map(Object::toString).collect(Collectors.joining(", ")));
    out.flush();
  }

  private ParameterException mistake(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
