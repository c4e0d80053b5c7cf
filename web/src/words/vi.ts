/** What the citizen reads. Braces hold what is filled in. */
export const vi = {
  title: "Trợ lý thủ tục hành chính",
  launcher: "Hỏi trợ lý",
  launcher_opens: "mở khung trò chuyện",
  unread: "{n} tin mới",
  unread_announced: "Trợ lý có {n} tin mới.",
  close: "Đóng khung trò chuyện",
  menu: "Tùy chọn",
  log: "Nội dung trò chuyện",
  notice:
    "Đây là máy trả lời tự động. Số giấy tờ, số điện thoại được che trước khi lưu. " +
    "Cuộc trò chuyện được lưu nhiều nhất {days} ngày, anh/chị muốn xóa lúc nào cũng được.",
  notice_shared:
    "Đây là máy trả lời tự động. Số giấy tờ, số điện thoại được che trước khi lưu. " +
    "Đóng trang này là nội dung không còn hiện trên máy đang dùng.",
  notice_more: "Xem thêm",
  answers_language: "",
  greeting:
    "Chào anh/chị, em là trợ lý thủ tục hành chính tỉnh Quảng Ngãi. " +
    "Anh/chị cần làm giấy tờ gì, cứ viết cho em như khi hỏi cán bộ một cửa.",
  start_find: "Tìm thủ tục",
  start_dossier: "Tra cứu hồ sơ",
  start_human: "Gặp cán bộ",
  pressed: "(lựa chọn đã bấm)",
  speaker_bot: "Trợ lý",
  speaker_citizen: "Anh/chị",
  typing: "Trợ lý đang soạn câu trả lời",
  choices: "Các lựa chọn trả lời",
  input: "Câu hỏi của anh/chị",
  placeholder: "Viết câu hỏi",
  send: "Gửi",
  counter: "{n}/{most} ký tự",
  state_waiting: "Chờ gửi",
  state_sending: "Đang gửi",
  state_refused: "Chưa gửi được tin này.",
  resend: "Gửi lại",
  resend_wait: "Gửi lại (sau {n} giây)",
  discard: "Bỏ",
  connecting: "Em đang kết nối…",
  lost: "Mất kết nối. Em đang nối lại, tin chưa gửi vẫn được giữ.",
  back: "Đã nối lại.",
  unreachable:
    "Hiện chưa kết nối được tới trợ lý. Em vẫn đang thử lại. Cần gấp, anh/chị gọi Tổng đài 1022.",
  session_refused: "Chưa mở được cuộc trò chuyện. Lát nữa em thử lại.",
  erased: "Cuộc trò chuyện này đã được xóa.",
  today: "Hôm nay",
  yesterday: "Hôm qua",
  actions: "Việc làm với câu trả lời này",
  copy: "Sao chép",
  copied: "Đã sao chép",
  copy_failed: "Trình duyệt không cho sao chép",
  rate_good: "Đúng ý",
  rate_bad: "Chưa đúng",
  rate_question: "Câu trả lời chưa đúng ở chỗ nào?",
  reason_wrong_procedure: "Không phải thủ tục tôi hỏi",
  reason_incomplete: "Còn thiếu thông tin",
  reason_wrong: "Thông tin sai",
  reason_unclear: "Khó hiểu",
  reason_other: "Lý do khác",
  rate_comment: "Góp ý thêm, nếu có. Xin đừng ghi số giấy tờ, số điện thoại.",
  rate_send: "Gửi góp ý",
  rate_cancel: "Thôi",
  rate_reason_missing: "Anh/chị chọn giúp em một lý do.",
  rated: "Cảm ơn anh/chị đã góp ý.",
  rate_failed: "Chưa gửi được góp ý. Anh/chị thử lại sau giúp em.",
  checklist: "Tờ giấy cần chuẩn bị (in được)",
  new_window: "mở trang mới",
  text_size: "Cỡ chữ",
  text_size_down: "A−, chữ nhỏ hơn",
  text_size_reset: "A, chữ cỡ thường",
  text_size_up: "A+, chữ to hơn",
  text_size_now: "Cỡ chữ {n}%",
  contrast: "Tương phản cao",
  sound: "Báo tiếng khi có câu trả lời",
  on: "bật",
  off: "tắt",
  human: "Gặp cán bộ",
  download: "Tải cuộc trò chuyện",
  downloaded: "Đã tạo tệp văn bản.",
  erase: "Xóa cuộc trò chuyện",
  erase_ask:
    "Xóa rồi không lấy lại được: các tin đã gửi, câu trả lời, đăng ký báo tin hồ sơ. Anh/chị có chắc không?",
  erase_confirm: "Xóa hết",
  erase_cancel: "Không xóa",
  erase_sent: "Đã gửi yêu cầu xóa.",
  about: "Về trợ lý này",
  about_who:
    "Người trả lời là máy, dựa trên dữ liệu thủ tục hành chính đã công bố. " +
    "Máy có thể hiểu nhầm; việc quan trọng, anh/chị hỏi lại cán bộ một cửa.",
  about_kept:
    "Tin nhắn và câu trả lời được lưu nhiều nhất {days} ngày. Ngừng nhắn quá 12 giờ thì cuộc trò chuyện bắt đầu lại, tin cũ không hiện nữa. " +
    "Số giấy tờ, số điện thoại được che trước khi lưu. Anh/chị muốn xóa lúc nào cũng được.",
  about_device:
    "Trình duyệt chỉ giữ mã của cuộc trò chuyện và cỡ chữ, màu, tiếng báo; không giữ tin nhắn. " +
    "Dùng máy chung, anh/chị xóa cuộc trò chuyện trước khi rời máy.",
  about_device_shared:
    "Máy này được đặt là máy dùng chung: trình duyệt không giữ mã của cuộc trò chuyện. Đóng trang là hết.",
  about_hotline: "Cần nói chuyện với người: Tổng đài 1022.",
  file_title: "Cuộc trò chuyện với trợ lý thủ tục hành chính tỉnh Quảng Ngãi",
  file_made: "Tải lúc {time} ngày {day}",
};

export type Words = Readonly<Record<keyof typeof vi, string>>;
