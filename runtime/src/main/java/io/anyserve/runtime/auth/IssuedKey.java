package io.anyserve.runtime.auth;

import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.StoredKey;

/** A key with its new secret, which is stored nowhere: the caller gets it now or never. */
public record IssuedKey(StoredKey key, KeySecret secret) {}
