"""The models of all tables."""

from storage.models.announcement import Announcement
from storage.models.api_token import ApiToken
from storage.models.base import Base
from storage.models.gameplay import Bet, Game, GameSession, Round
from storage.models.kept import HashKey, KeptHash
from storage.models.login_failure import LoginFailure
from storage.models.profile import UserProfile
from storage.models.sign_up import SignUp, SignUpLink
from storage.models.top_up_list import TopUpList
from storage.models.user import User
from storage.models.verification import VerificationToken
from storage.models.wallet import Transaction, Wallet

__all__ = [
    "Announcement",
    "ApiToken",
    "Base",
    "Bet",
    "Game",
    "GameSession",
    "HashKey",
    "KeptHash",
    "LoginFailure",
    "Round",
    "SignUp",
    "SignUpLink",
    "TopUpList",
    "Transaction",
    "User",
    "UserProfile",
    "VerificationToken",
    "Wallet",
]
