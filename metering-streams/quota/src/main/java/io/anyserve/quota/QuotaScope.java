package io.anyserve.quota;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.validation.Preconditions;

/** Whom a policy limits. As text: {@code acme}, {@code acme/key/K}, {@code acme/session/*}. */
public sealed interface QuotaScope {

  String KEY = "/key/";
  String SESSION = "/session/";
  String EACH = "*";

  TenantId tenant();

  /** All that a tenant does. */
  record OfTenant(TenantId tenant) implements QuotaScope {

    @Override
    public String toString() {
      return tenant.value();
    }
  }

  /**
   * All that is done with one API key.
   *
   * @param key its public id
   */
  record OfKey(TenantId tenant, String key) implements QuotaScope {

    private static final int LONGEST = 64;

    public OfKey {
      boolean named = !key.isEmpty() && key.length() <= LONGEST;
      Preconditions.that(
          named && key.chars().allMatch(OfKey::allowed), "key", key, "the id of a key");
    }

    private static boolean allowed(int letter) {
      return letter < 128 && (Character.isLetterOrDigit(letter) || "._-".indexOf(letter) >= 0);
    }

    @Override
    public String toString() {
      return tenant + KEY + key;
    }
  }

  /** All that is done in one session. */
  record OfSession(TenantId tenant, SessionId session) implements QuotaScope {

    @Override
    public String toString() {
      return tenant + SESSION + session;
    }
  }

  /** Each key of the tenant by itself, unless it has a policy of its own. */
  record EachKey(TenantId tenant) implements QuotaScope {

    @Override
    public String toString() {
      return tenant + KEY + EACH;
    }
  }

  /** Each session of the tenant by itself, unless it has a policy of its own. */
  record EachSession(TenantId tenant) implements QuotaScope {

    @Override
    public String toString() {
      return tenant + SESSION + EACH;
    }
  }

  /** Reads the text form; throws IllegalArgumentException for anything else. */
  static QuotaScope parse(String text) {
    int tenantEnd = text.indexOf('/');
    if (tenantEnd < 0) {
      return new OfTenant(new TenantId(text));
    }
    TenantId tenant = new TenantId(text.substring(0, tenantEnd));
    if (text.startsWith(KEY, tenantEnd)) {
      return ofKey(tenant, text.substring(tenantEnd + KEY.length()));
    }
    Preconditions.that(
        text.startsWith(SESSION, tenantEnd), "scope", text, "TENANT[/key/K|/session/S]");
    return ofSession(tenant, text.substring(tenantEnd + SESSION.length()));
  }

  /** One key, or each where it is {@link #EACH}. */
  static QuotaScope ofKey(TenantId tenant, String key) {
    return key.equals(EACH) ? new EachKey(tenant) : new OfKey(tenant, key);
  }

  /** One session, or each where it is {@link #EACH}. */
  static QuotaScope ofSession(TenantId tenant, String session) {
    return session.equals(EACH)
        ? new EachSession(tenant)
        : new OfSession(tenant, new SessionId(session));
  }
}
