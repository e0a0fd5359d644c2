package io.anyserve.runtime.auth;

import static io.anyserve.contracts.key.KeyScope.ADMIN;
import static io.anyserve.contracts.key.KeyScope.INFER;
import static io.anyserve.contracts.key.KeyScope.USAGE;
import static java.util.Map.entry;

import io.anyserve.contracts.key.KeyScope;
import java.util.Map;
import java.util.Optional;

/** Which scope each gRPC method needs. A method that is not in the table is closed to everybody. */
final class MethodScopes {

  private static final String PACKAGE = "anyserve.v1.";

  private static final Map<String, KeyScope> SCOPES =
      Map.ofEntries(
          entry("InferenceService/Infer", INFER),
          entry("InferenceService/InferStream", INFER),
          entry("InferenceService/Resume", INFER),
          entry("InferenceService/Cancel", INFER),
          entry("InferenceService/GetRequest", INFER),
          entry("ObjectService/PutObject", INFER),
          entry("ObjectService/GetObject", INFER),
          entry("ObjectService/PresignObject", INFER),
          entry("CapabilityService/ListCapabilities", INFER),
          entry("CapabilityService/ListWorkers", INFER),
          entry("ConversationService/AppendMessage", INFER),
          entry("ConversationService/CompleteMessage", INFER),
          entry("ConversationService/GetConversation", INFER),
          entry("ConversationService/ListConversations", INFER),
          entry("ConversationService/RenameConversation", INFER),
          entry("ConversationService/RollbackConversation", INFER),
          entry("ConversationService/SelectBranch", INFER),
          entry("ConversationService/DeleteConversation", INFER),
          entry("UsageService/GetSessionUsage", USAGE),
          entry("UsageService/GetTenantUsage", USAGE),
          entry("UsageService/QueryWindows", USAGE),
          entry("UsageService/TopUsage", USAGE),
          entry("UsageService/ListUsageLines", USAGE),
          entry("UsageService/WatchSessionUsage", USAGE),
          entry("UsageService/WatchUsage", USAGE),
          entry("KeyService/CreateKey", ADMIN),
          entry("KeyService/ListKeys", ADMIN),
          entry("KeyService/DisableKey", ADMIN),
          entry("KeyService/EnableKey", ADMIN),
          entry("KeyService/RotateKey", ADMIN),
          entry("KeyService/DeleteKey", ADMIN));

  private MethodScopes() {}

  /**
   * Empty where the method is closed.
   *
   * @param method its full name, such as {@code anyserve.v1.InferenceService/Infer}
   */
  static Optional<KeyScope> of(String method) {
    return Optional.of(method)
        .filter(name -> name.startsWith(PACKAGE))
        .map(name -> SCOPES.get(name.substring(PACKAGE.length())));
  }
}
