package io.anyserve.contracts.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageHeaderTest {

  private static final String PNG = "89504e470d0a1a0a0000000d49484452";

  /** Start, an application's data, tables, and a baseline frame of 200 x 100. */
  private static final String JPEG = "ffd8 ffe00004abcd ffc40003aa ffff c0000b08006400c801011100";

  @Test
  void theSizeIsInTheHeader() {
    assertEquals(
        new ImageHeader(ImageFormat.PNG, 640, 480), read(PNG + "00000280000001e00802000000"));
    assertEquals(new ImageHeader(ImageFormat.JPEG, 200, 100), read(JPEG.replace(" ", "")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ff",
        "474946383961",
        "89504e470d0a1a0a",
        "89504e470d0a1a0a0000000d4948445200000280000001",
        "89504e470d0a1a0a0000000d4948445a00000280000001e0",
        "89504e470d0a1a0a0000000d49484452ffffffff00000001",
        "89504e470d0a1a0a0000000d494844520000000000000001",
        "ffd8",
        "ffd8ffe0ffff",
        "ffd8ffe00000",
        "ffd8ffe00004abcd00",
        "ffd8ffc0000b0800000000"
      })
  void whatHasNoSizeIsRefused(String hex) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> read(hex));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith("image: "), refusal.getMessage());
  }

  @Test
  void imagesAreNotTooLarge() {
    ByteString largest = ByteString.fromHex(PNG + "0000c350000003e8");
    assertEquals(50_000_000, new ContentPart.Image(largest).header().pixels());
    refused("at most 50000000 pixels", PNG + "0000ffff0000ffff");
    refused("1 to 20000000 bytes", "");
    ByteString tooLong = largest.concat(ByteString.copyFrom(new byte[20_000_000]));
    assertThrows(IllegalArgumentException.class, () -> new ContentPart.Image(tooLong));
  }

  @Test
  void aRequestHasNotTooManyImages() {
    var image = new ContentPart.Image(ByteString.fromHex(PNG + "0000000100000001"));
    ChatMessage message = ChatMessage.ofParts(Collections.nCopies(8, image), "");
    assertEquals(16, new Payload.Chat(List.of(message, message)).images().size());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Payload.Chat(List.of(message, message, ChatMessage.ofParts(List.of(image), ""))));
  }

  @Test
  void partsAreForAUsersMessageWithAnImage() {
    var image = new ContentPart.Image(ByteString.fromHex(PNG + "0000000100000001"));
    var text = new ContentPart.Text("a");
    assertThrows(IllegalArgumentException.class, () -> ChatMessage.ofParts(List.of(text), ""));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ChatMessage("user", "a", "", List.of(), "", "", List.of(image)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ChatMessage("system", "", "", List.of(), "", "", List.of(image)));
  }

  private static void refused(String expected, String hex) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> new ContentPart.Image(ByteString.fromHex(hex)));
    assertTrue(String.valueOf(refusal.getMessage()).contains(expected), refusal.getMessage());
  }

  private static ImageHeader read(String hex) {
    return ImageHeader.read(ByteString.fromHex(hex));
  }
}
