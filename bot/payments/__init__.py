"""Payments (thanh toán): fee quotes, ways to pay, QR codes, the payment gateway."""
