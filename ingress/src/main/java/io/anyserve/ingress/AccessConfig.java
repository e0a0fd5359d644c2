package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.auth.ApiKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who may call.
 *
 * @param keys beside those of the topic {@code keys}
 * @param requireKey otherwise, where no key exists, everybody is let in as one tenant
 * @param resumeKey the same on all ingresses that share a log; a random one when empty
 */
public record AccessConfig(List<ApiKey> keys, boolean requireKey, Optional<String> resumeKey) {

  public static final AccessConfig OPEN = new AccessConfig(List.of(), Optional.empty());

  public AccessConfig {
    keys = List.copyOf(keys);
    resumeKey.ifPresent(
        key ->
            Preconditions.that(
                key.getBytes(UTF_8).length >= ResumeTokenCodec.MIN_KEY_BYTES,
                "resumeKey",
                key.length() + " characters",
                "at least " + ResumeTokenCodec.MIN_KEY_BYTES + " bytes"));
  }

  /** Open while no key exists. */
  public AccessConfig(List<ApiKey> keys, Optional<String> resumeKey) {
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

  /**
   * Mistakes become problems of the sections.
   *
   * @param tables one for each key
   */
  static AccessConfig read(ConfigSection section, List<ConfigSection> tables) {
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
    return section.build(() -> new AccessConfig(keys, requireKey, resumeKey), OPEN);
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
}
