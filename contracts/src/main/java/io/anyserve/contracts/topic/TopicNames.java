package io.anyserve.contracts.topic;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import java.util.regex.Pattern;

/**
 * The names of the topics.
 *
 * @param prefix lower case letters, digits, dots and hyphens; may be empty
 */
public record TopicNames(String prefix) {

  public static final String DEFAULT_PREFIX = "anyserve.";

  private static final Pattern VALID = Pattern.compile("([a-z0-9][a-z0-9.-]{0,62})?");

  public TopicNames {
    if (!VALID.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "topic prefix: \"" + prefix + "\" (expected: a match of " + VALID.pattern() + ")");
    }
  }

  public static TopicNames withDefaultPrefix() {
    return new TopicNames(DEFAULT_PREFIX);
  }

  public String requests(Capability capability, Priority priority) {
    return prefix + "requests." + capability + suffix(priority);
  }

  public String intake() {
    return prefix + "intake";
  }

  public String tokens() {
    return prefix + "tokens";
  }

  public String control() {
    return prefix + "control";
  }

  public String workers() {
    return prefix + "workers";
  }

  public String capabilities() {
    return prefix + "capabilities";
  }

  public String results() {
    return prefix + "results";
  }

  public String usage() {
    return prefix + "usage";
  }

  public String sessionUsage() {
    return prefix + "usage.sessions";
  }

  public String tenantUsage() {
    return prefix + "usage.tenants";
  }

  public String usageWindows() {
    return prefix + "usage.windows";
  }

  public String conversations() {
    return prefix + "conversations";
  }

  public String prices() {
    return prefix + "prices";
  }

  public String quotas() {
    return prefix + "quotas";
  }

  public String quotaSnapshots() {
    return prefix + "quotas.snapshots";
  }

  public String keys() {
    return prefix + "keys";
  }

  public String deadLetters() {
    return prefix + "dlq";
  }

  /** The share group in which all workers of a capability take the requests of one priority. */
  public String workerGroup(Capability capability, Priority priority) {
    return prefix + "workers." + capability + suffix(priority);
  }

  private static String suffix(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> "";
      case BATCH -> ".batch";
    };
  }
}
