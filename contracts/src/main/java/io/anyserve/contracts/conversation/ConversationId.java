package io.anyserve.contracts.conversation;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;

/**
 * One conversation of a tenant.
 *
 * @param session of its requests, whose usage is totalled under the same name
 */
public record ConversationId(TenantId tenant, SessionId session) {

  @Override
  public String toString() {
    return tenant + "/" + session;
  }
}
