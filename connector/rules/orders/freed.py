"""A deal's credit is free again: orders that took effect while it was under review are looked at for theirs (R4.13)."""

from connector.canonical.docket import CreditEntry
from connector.canonical.order_docket import OrderEntry
from connector.canonical.orders import OrderState
from connector.rules.booking import Booked, Booking
from connector.rules.orders.chasing import look_again


def kept(booking: Booking) -> Booked:
    """One look at each such order, at the very instant of the resolution."""
    booked = Booked()
    for before, after in booking.moved(CreditEntry):
        if before is None or not before.frozen or after.frozen:
            continue
        for order in booking.docket.find(OrderEntry, f"opportunity:{after.record}", open_only=False):
            if order.state is OrderState.EFFECTIVE and order.credited_firm is None:
                booked.entries.append(look_again(order.order, booking.fact.instant))
    return booked
