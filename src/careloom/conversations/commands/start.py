"""An agent writes first."""

from msgspec import Struct

from careloom.conversations.commands.journal import audit_act, remember
from careloom.conversations.commands.opening import only_case, open_conversation
from careloom.conversations.commands.reply import reply
from careloom.conversations.events import ConversationOpened, facts
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.tables.contact import conversation
from careloom.conversations.types import Conversation
from careloom.customers.commands.hold import hold_customer
from careloom.customers.queries.customer import get_customer
from careloom.customers.types import CustomerId, IdentityKind, TimelineKind
from careloom.identity.types import PersonId
from careloom.organizations.queries import as_stored, get_program
from careloom.organizations.types import Channel, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.schema import Writer
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, ForbiddenError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish


class FirstMail(Struct, frozen=True, kw_only=True):
    """What an agent writes to a customer unasked."""

    customer_id: CustomerId
    program_id: ProgramId
    subject: str
    text: str
    html: str | None = None


async def start_conversation(tx: Tx, actor: Actor, mail: FirstMail) -> Conversation:
    """Opens an e-mail conversation with the agent and sends its first message.

    Raises InvalidInputError where the customer has no e-mail address or the program no e-mail, NotFoundError.
    """
    if actor.person_id is None:
        raise ForbiddenError("Only a person writes first.")
    program = await get_program(tx, actor, mail.program_id)
    actor.require(Permission.CONVERSATIONS_REPLY, client_id=program.client_id, program_id=program.id)
    customer = await get_customer(tx, actor, mail.customer_id)
    if customer.client_id != program.client_id:
        raise NotFoundError
    if Channel.EMAIL not in program.channels:
        raise InvalidInputError(errors=(FieldError("/program_id", "This program has no e-mail."),))
    held = await hold_customer(tx, program.client_id, customer.id)
    if not any(one.kind is IdentityKind.EMAIL for one in customer.identities):
        raise InvalidInputError(errors=(FieldError("/customer_id", "This customer has no e-mail address."),))
    at = now()
    words = await as_stored(tx, program.client_id, conversation, {"subject": mail.subject}, Writer.STAFF)
    one = await open_conversation(
        tx,
        held,
        client_id=program.client_id,
        program_id=program.id,
        channel=Channel.EMAIL,
        **words,
        at=at,
        case=await only_case(tx, held, program.client_id, program.id),
        agent=(PersonId(actor.person_id), actor.name),
        language=held.language,
    )
    await publish(tx, ConversationOpened(**facts(one), case_id=one.case_id, outbound=True))
    await remember(tx, one, TimelineKind.CONVERSATION_STARTED, at, actor.name)
    await audit_act(tx, actor, "conversation.start", one, program_id=one.program_id, customer_id=one.customer_id)
    await reply(tx, actor, one.id, mail.text, mail.html)
    return await get_conversation(tx, actor, one.id)
