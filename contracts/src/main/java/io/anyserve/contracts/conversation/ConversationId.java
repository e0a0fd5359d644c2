package io.anyserve.contracts.conversation;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;

/**
 * One conversation of a tenant.
 *
 * @param session of its requests, whose usage is totalled under the same name
 */
public record ConversationId(TenantId tenant, SessionId session) {

  /** How the sessions of responses of the HTTP API begin: their ids. */
  private static final String RESPONSE = "resp_";

  /** Whether it keeps a response of the HTTP API, and is no chat. */
  public boolean keepsResponse() {
    return session.value().startsWith(RESPONSE);
  }

  @Override
  public String toString() {
    return tenant + "/" + session;
  }
}
